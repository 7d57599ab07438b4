/** Measurements that were asked for in this window, by method: how far they are, and what went wrong. */
import type { JobRecord } from '../../../electron/contract/jobs.ts'
import type { Choice } from '../../../electron/contract/methods.ts'
import { type Failure, failureOf } from '../../api/failure.ts'
import type { Studio } from '../../api/studio.svelte.ts'

type DataChoice = Choice & { readonly datasetVersionId: string }

export class Probes {
  #running = $state.raw<ReadonlyMap<string, JobRecord>>(new Map())
  #failures = $state.raw<ReadonlyMap<string, Failure>>(new Map())
  readonly #studio: Studio

  constructor(studio: Studio) {
    this.#studio = studio
  }

  running(method: string): JobRecord | undefined {
    return this.#running.get(method)
  }

  failure(method: string): Failure | undefined {
    return this.#failures.get(method)
  }

  get busy(): boolean {
    return this.#running.size > 0
  }

  /** Settles when the measurement has ended, however it has. */
  async start(choice: DataChoice, again: boolean): Promise<void> {
    const { method } = choice
    if (this.#running.has(method)) return
    this.#fail(method, undefined)
    try {
      const job = await this.#studio.client.methods.probe({ ...choice, again })
      this.#set(method, job)
      const forever = new AbortController().signal
      const records = this.#studio.follow(
        (position) => this.#studio.client.jobs.watch({ id: job.id }, position),
        forever,
      )
      for await (const record of records) {
        this.#set(method, record)
        if (record.state === 'failed' && record.error !== null) this.#fail(method, record.error)
      }
    } catch (error) {
      this.#fail(method, failureOf(error))
    } finally {
      this.#set(method, undefined)
    }
  }

  cancel(method: string): void {
    const job = this.#running.get(method)
    if (job !== undefined) void this.#studio.client.jobs.cancel({ id: job.id })
  }

  #set(method: string, job: JobRecord | undefined): void {
    const next = new Map(this.#running)
    if (job === undefined) next.delete(method)
    else next.set(method, job)
    this.#running = next
  }

  #fail(method: string, failure: Failure | undefined): void {
    const next = new Map(this.#failures)
    if (failure === undefined) next.delete(method)
    else next.set(method, failure)
    this.#failures = next
  }
}
