/** Something a person starts: busy while it goes on, its failure kept to be shown beside the button. */
import { type Failure, failureOf, isAbort } from './failure.ts'

export class Action<A extends unknown[], R> {
  failure = $state.raw<Failure>()
  #going = $state(0)
  readonly #work: (...args: A) => Promise<R>
  readonly #again: 'left out' | 'done too'

  /** @param again what happens to one that is started while another goes on: a second press of a button is left out */
  constructor(work: (...args: A) => Promise<R>, again: 'left out' | 'done too' = 'left out') {
    this.#work = work
    this.#again = again
  }

  get busy(): boolean {
    return this.#going > 0
  }

  /** Resolves to what the work gave, or undefined when it failed or was left out. */
  run = async (...args: A): Promise<R | undefined> => {
    if (this.busy && this.#again === 'left out') return undefined
    this.#going++
    this.failure = undefined
    try {
      return await this.#work(...args)
    } catch (error) {
      if (!isAbort(error)) this.failure = failureOf(error)
      return undefined
    } finally {
      this.#going--
    }
  }
}
