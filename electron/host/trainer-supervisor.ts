/** Runs each job in a process of its own, records what it tells, and survives its death. */

import { StudioError } from '../../engine/errors.ts'
import type { TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import { forkTrainer } from './fork-trainer.ts'
import { Job, type JobSettings, type PreparePlan } from './job.ts'
import type { StopMode } from './trainer-messages.ts'

export class TrainerSupervisor {
  readonly #store: Store
  readonly #settings: JobSettings
  readonly #jobs = new Map<string, Job>()
  #closed = false

  /** @param settings another job than the engine's training (tests), and how long a stopped job may take */
  constructor(store: Store, settings: Partial<JobSettings> = {}) {
    this.#store = store
    this.#settings = {
      jobModule: process.env.PEFT_STUDIO_JOB_MODULE || undefined,
      stopPatienceMs: 60_000,
      spawn: forkTrainer,
      ...settings,
    }
  }

  /**
   * Trains a run of the store and yields what it tells, each event already stored. Aborting `signal` stops the run
   * and keeps what it learned; leaving the generator early does so too.
   * @param prepare completes the plan before the first step
   * @throws StudioError what the job failed with, or `internal` when its process died (the run is then *interrupted*)
   */
  async *runJob(
    runId: string,
    plan: unknown,
    signal: AbortSignal,
    prepare?: PreparePlan,
  ): AsyncGenerator<TrainEvent> {
    if (this.#jobs.has(runId)) {
      throw new StudioError('exists', `Run ${runId} is already running.`, 'Wait for it, or stop it first.')
    }
    if (signal.aborted || this.#closed) {
      throw new StudioError('cancelled', `Run ${runId} was cancelled before it began.`, 'Start it again.')
    }
    const job = new Job(this.#store, runId, plan, this.#settings, prepare)
    this.#jobs.set(runId, job)
    const stop = () => job.stop('keep')
    signal.addEventListener('abort', stop)
    try {
      yield* job.events
      await job.ended
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
      await job.ended.catch(() => {}) // thrown above, unless the caller left early and does not want to know
      this.#jobs.delete(runId)
    }
  }

  /** Lets a run finish its step and then wait. */
  pause(runId: string): void {
    this.#running(runId).pause(true)
  }

  resume(runId: string): void {
    this.#running(runId).pause(false)
  }

  /** Ends a run after its current step. */
  stop(runId: string, mode: StopMode): void {
    this.#running(runId).stop(mode)
  }

  /** Ends all jobs so that they can be resumed later, and starts no more. Takes at most about `patienceMs`. */
  async close(patienceMs = 5_000): Promise<void> {
    this.#closed = true
    const jobs = [...this.#jobs.values()]
    for (const job of jobs) job.suspend(patienceMs)
    // Why each ended is in the store, and whoever follows it hears of it.
    await Promise.allSettled(jobs.map(({ ended }) => ended))
  }

  #running(runId: string): Job {
    const job = this.#jobs.get(runId)
    if (job !== undefined) return job
    throw new StudioError(
      'not-found',
      `Run ${runId} is not running.`,
      'See "runs list" for the state of runs.',
    )
  }
}
