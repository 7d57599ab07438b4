/** One piece of work at a time, in the order in which it was asked for; whoever waits may leave. */
export class Turns {
  #last: Promise<void> = Promise.resolve()
  #present = 0

  /** Whether something is being worked on, or waits. */
  get busy(): boolean {
    return this.#present > 0
  }

  /** @throws the signal's reason when it aborts before the turn has come */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last
    const mine = Promise.withResolvers<void>()
    this.#last = before.then(() => mine.promise)
    this.#present += 1
    try {
      await untilOrAborted(before, signal)
      return await work()
    } finally {
      this.#present -= 1
      mine.resolve()
    }
  }
}

function untilOrAborted(event: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void event.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
