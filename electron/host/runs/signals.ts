/** Wakes whoever follows a run when the store has something new of it: what is new is read from the store. */

export class RunSignals {
  readonly #counts = new Map<string, number>()
  readonly #waiting = new Set<{ readonly id: string; readonly wake: () => void }>()
  #closed = false

  /** Says that something of a run has been stored. */
  touch(id: string): void {
    this.#counts.set(id, this.count(id) + 1)
    for (const waiter of [...this.#waiting]) if (waiter.id === id) waiter.wake()
  }

  /** Grows with every touch: read it before the store, and `changed` misses nothing. */
  count(id: string): number {
    return this.#counts.get(id) ?? 0
  }

  /** Resolves once a run was touched after `count` was read, `signal` aborts, or the studio closes. */
  changed(id: string, count: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed || signal?.aborted === true || this.count(id) !== count) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter = {
        id,
        wake: () => {
          this.#waiting.delete(waiter)
          signal?.removeEventListener('abort', waiter.wake)
          resolve()
        },
      }
      this.#waiting.add(waiter)
      signal?.addEventListener('abort', waiter.wake)
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Lets all followers go. */
  close(): void {
    this.#closed = true
    for (const { wake } of [...this.#waiting]) wake()
  }
}
