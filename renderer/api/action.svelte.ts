/** Something a person starts: busy while it goes on, its failure kept to be shown beside the button. */
import { type Failure, failureOf, isAbort } from './failure.ts'

export class Action<A extends unknown[], R> {
  busy = $state(false)
  failure = $state.raw<Failure>()
  readonly #work: (...args: A) => Promise<R>

  constructor(work: (...args: A) => Promise<R>) {
    this.#work = work
  }

  /** Resolves to what the work gave, or undefined when it failed or is going on already. */
  run = async (...args: A): Promise<R | undefined> => {
    if (this.busy) return undefined
    this.busy = true
    this.failure = undefined
    try {
      return await this.#work(...args)
    } catch (error) {
      if (!isAbort(error)) this.failure = failureOf(error)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
