/** A value that changes and is followed: readers get what it is now and each later state, a slow one only the newest. */

export class Latest<T extends object> {
  #value: T
  #version = 0
  #closed = false
  readonly #listeners = new Set<(value: T) => void>()
  readonly #waiting = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#version += 1
    for (const listener of [...this.#listeners]) listener(value)
    this.#wake()
  }

  /** Called with the present value and each later one. @returns stops it */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#value)
    return () => this.#listeners.delete(listener)
  }

  /** The present value and later ones, until `signal` aborts or it is closed. */
  async *follow(signal: AbortSignal | undefined): AsyncGenerator<T> {
    let seen = -1
    while (!this.#closed && signal?.aborted !== true) {
      if (seen === this.#version) {
        await this.#changed(signal)
        continue
      }
      seen = this.#version
      yield this.#value
    }
  }

  /** Lets all followers go. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  #changed(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
