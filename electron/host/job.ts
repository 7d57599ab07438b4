/** One run being trained by one process: from its start to the state it leaves in the store. */
import { StudioError } from '../../engine/errors.ts'
import type { TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import type { Ending } from '../store/run-record.ts'
import { recordEvent } from './record-event.ts'
import { type RunWatch, watchRun } from './runs/watch-run.ts'
import type { SpawnTrainer } from './spawn-trainer.ts'
import { TrainerChild, type TrainerExit } from './trainer-child.ts'
import { howItDied } from './trainer-exit.ts'
import type { FromTrainer, StopMode } from './trainer-messages.ts'

export interface JobSettings {
  /** Path of a module exporting `train` (see trainer-process.ts); the engine's training when undefined. */
  readonly jobModule: string | undefined
  /** How long a job that was told to stop may go on before its process is killed. */
  readonly stopPatienceMs: number
  readonly spawn: SpawnTrainer
}

/**
 * Completes the plan while the process is starting, for what has to be measured first.
 * @throws StudioError which ends the run as if its trainer had failed with it; nothing when `signal` aborts
 */
export type PreparePlan = (context: {
  /** Aborts when the job is told to end. */
  readonly signal: AbortSignal
  /** Tells the person something; it stands in the diary of the run. */
  notice(level: 'info' | 'warning', message: string): void
}) => Promise<unknown>

type Failure = Extract<FromTrainer, { type: 'failed' }>

/** How a job ended by its own account; undefined while it has not said so. */
type Outcome = { is: 'finished' } | { is: 'failed'; why: Failure } | { is: 'unrecorded'; why: unknown }

export class Job {
  /** Everything the job tells, already stored; ends when the process does. */
  readonly events: ReadableStream<TrainEvent>
  /** Settles when the run has its final state in the store; rejects with why it did not complete. */
  readonly ended: Promise<void>
  readonly #store: Store
  readonly #runId: string
  readonly #prepare: PreparePlan
  readonly #preparing = new AbortController()
  readonly #settings: JobSettings
  readonly #child: TrainerChild
  readonly #watch: RunWatch
  #outcome: Outcome | undefined
  /** Whether the first step could begin. */
  #begun = false
  /** How the job was told to end, the first time. */
  #stopping: StopMode | undefined
  /** Why the watchdog ended it. */
  #found: Ending | undefined

  /** Starts the process; it gets `plan`, or what `prepare` makes of it. */
  constructor(
    store: Store,
    runId: string,
    plan: unknown,
    settings: JobSettings,
    prepare: PreparePlan = async () => plan,
  ) {
    this.#store = store
    this.#runId = runId
    this.#prepare = prepare
    this.#settings = settings
    this.#watch = watchRun(store, runId, plan)
    store.runs.start(runId)
    let publish: (event: TrainEvent) => void = () => {}
    let close = () => {}
    this.events = new ReadableStream({
      start: (controller) => {
        publish = (event) => controller.enqueue(event)
        close = () => controller.close()
      },
      // The reader left: the job goes on being recorded until it has stopped.
      cancel: () => {
        publish = () => {}
        close = () => {}
      },
    })
    const listeners = {
      message: (message: FromTrainer) => this.#hear(message, (event) => publish(event)),
      broken: (error: unknown) => this.#giveUp(error),
    }
    this.#child = new TrainerChild(listeners, settings.jobModule, settings.spawn)
    this.ended = this.#child.exit.then((exit) => {
      close()
      this.#settle(exit)
    })
    this.ended.catch(() => {}) // whoever awaits it hears of it; nobody has to be waiting at that moment
  }

  /** Lets the job wait between two steps, or go on; one that has ended does neither. */
  pause(paused: boolean): void {
    if (this.#outcome !== undefined || this.#stopping !== undefined) return
    this.#child.send({ type: paused ? 'pause' : 'resume' })
    this.#store.transaction(() => {
      this.#store.runs.setPaused(this.#runId, paused)
      this.#note('info', paused ? 'Paused.' : 'Goes on.')
    })
  }

  /** Whether it was told to end. */
  get stopping(): boolean {
    return this.#stopping !== undefined
  }

  /** Asks the job to end after its current step, and sees to it that it does. */
  stop(mode: StopMode, patienceMs = this.#settings.stopPatienceMs): void {
    if (this.#outcome !== undefined) return
    if (this.#stopping === undefined) {
      this.#stopping = mode
      this.#preparing.abort()
      this.#child.send({ type: 'stop', mode })
    }
    void this.#child.waitForExit(patienceMs)
  }

  /**
   * Ends the job so that it can be resumed: the run becomes *interrupted*, at a checkpoint if the current step ends
   * within `patienceMs`, else at the last one there is.
   */
  suspend(patienceMs: number): void {
    this.stop('suspend', patienceMs)
  }

  /** Stores first, then publishes: nobody sees what a crash could lose. */
  #hear(message: FromTrainer, publish: (event: TrainEvent) => void): void {
    if (this.#outcome?.is === 'unrecorded') return
    if (message.type === 'ready') {
      // For whoever looks at the machine with its own tools.
      this.#note('info', `Training in process ${this.#child.pid}.`)
      void this.#begin(publish)
    } else if (message.type === 'failed') {
      this.#outcome = { is: 'failed', why: message }
    } else {
      const { event } = message
      recordEvent(this.#store, this.#runId, event, this.#found)
      if (event.type === 'started') this.#begun = true
      if (event.type === 'finished') this.#outcome = { is: 'finished' }
      publish(event)
      for (const finding of this.#watch.findings(event)) {
        recordEvent(this.#store, this.#runId, finding)
        publish(finding)
      }
      if (this.#watch.ending !== undefined && this.#stopping === undefined) {
        this.#found = this.#watch.ending
        this.stop('keep')
      }
    }
  }

  async #begin(publish: (event: TrainEvent) => void): Promise<void> {
    try {
      const plan = await this.#prepare({
        signal: this.#preparing.signal,
        notice: (level, message) => {
          const step = this.#store.metrics.lastStep(this.#runId)
          const notice: TrainEvent = { type: 'notice', step, level, message }
          recordEvent(this.#store, this.#runId, notice)
          publish(notice)
        },
      })
      this.#child.send({ type: 'start', plan })
    } catch (error) {
      if (!(error instanceof StudioError)) return this.#giveUp(error)
      const { code, message, hint } = error
      this.#outcome ??= { is: 'failed', why: { type: 'failed', code, message, hint } }
      this.#child.kill()
    }
  }

  /** The store does not take what the job tells (a full disk, say): training on would lose it. */
  #giveUp(why: unknown): void {
    this.#outcome ??= { is: 'unrecorded', why }
    this.#child.kill()
  }

  #settle(exit: TrainerExit): void {
    const outcome = this.#outcome
    if (outcome?.is === 'finished') return
    if (outcome?.is === 'failed')
      throw outcome.why.code === 'device' && this.#begun ? this.#lose(outcome.why) : this.#fail(outcome.why)
    const died =
      this.#stopping === 'suspend'
        ? this.#interrupt('cancelled', (step) => `The studio closed at step ${step}`, 'Resume the run')
        : this.#interrupt(
            'internal',
            (step) => `${howItDied(exit)} at step ${step}`,
            'Resume the run, here or on another device',
            'If memory ran out, use a smaller batch.',
          )
    throw outcome === undefined ? died : outcome.why
  }

  #fail({ code, message, hint }: Failure): StudioError {
    const discarded = code === 'cancelled'
    this.#store.transaction(() => {
      this.#store.runs.end(
        this.#runId,
        { reason: discarded ? 'discarded' : 'failed', message },
        { code, message, hint },
      )
      // Its files are gone.
      if (discarded) this.#store.checkpoints.removeAfter(this.#runId, -1)
      this.#note(discarded ? 'info' : 'error', message, hint)
    })
    return new StudioError(code, message, hint)
  }

  /** The device failed in mid-run: the run can go on, here once it works again, or elsewhere. */
  #lose({ message, hint }: Failure): StudioError {
    return this.#interrupt(
      'device',
      (step) => `${message} The run was cut off after step ${step}`,
      'Resume the run on another device, or on this one when it works again',
      hint,
    )
  }

  #interrupt(
    code: 'cancelled' | 'internal' | 'device',
    what: (step: number) => string,
    remedy: string,
    more = '',
  ): StudioError {
    const level = code === 'cancelled' ? 'info' : 'error'
    const message = `${what(this.#store.metrics.lastStep(this.#runId))}; every step up to it is saved.`
    const checkpoint = this.#store.checkpoints.list(this.#runId).at(-1)?.step ?? 0
    const from = checkpoint === 0 ? 'the beginning' : `step ${checkpoint}`
    const hint = `${remedy}: it goes on from ${from}. ${more}`.trim()
    try {
      this.#store.transaction(() => {
        this.#store.runs.interrupt(this.#runId, message)
        this.#note(level, message, hint)
      })
    } catch (error) {
      // Where the store takes nothing any more (a full disk), opening it next time marks the run.
      if (this.#outcome?.is !== 'unrecorded') throw error
    }
    return new StudioError(code, message, hint)
  }

  #note(level: 'info' | 'error', message: string, hint?: string): void {
    const step = this.#store.metrics.lastStep(this.#runId)
    this.#store.events.add({
      runId: this.#runId,
      step,
      level,
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
