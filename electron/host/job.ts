/** One run being trained by one process: from its start to the state it leaves in the store. */
import { StudioError } from '../../engine/errors.ts'
import type { TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import type { Ending } from '../store/run-record.ts'
import { recordEvent } from './record-event.ts'
import { type RunWatch, watchRun } from './runs/watch-run.ts'
import type { SpawnTrainer } from './spawn-trainer.ts'
import { TrainerChild, type TrainerExit } from './trainer-child.ts'
import type { FromTrainer, StopMode } from './trainer-messages.ts'

export interface JobSettings {
  /** Path of a module exporting `train` (see trainer-process.ts); the engine's training when undefined. */
  readonly jobModule: string | undefined
  /** How long a job that was told to stop may go on before its process is killed. */
  readonly stopPatienceMs: number
  readonly spawn: SpawnTrainer
}

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
  readonly #plan: unknown
  readonly #settings: JobSettings
  readonly #child: TrainerChild
  readonly #watch: RunWatch
  #outcome: Outcome | undefined
  /** How the job was told to end, the first time. */
  #stopping: StopMode | undefined
  /** Why the watchdog ended it. */
  #found: Ending | undefined

  /** Starts the process; `plan` goes to it as it is. */
  constructor(store: Store, runId: string, plan: unknown, settings: JobSettings) {
    this.#store = store
    this.#runId = runId
    this.#plan = plan
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
      this.#child.send({ type: 'start', plan: this.#plan })
    } else if (message.type === 'failed') {
      this.#outcome = { is: 'failed', why: message }
    } else {
      const { event } = message
      recordEvent(this.#store, this.#runId, event, this.#found)
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

  /** The store does not take what the job tells (a full disk, say): training on would lose it. */
  #giveUp(why: unknown): void {
    this.#outcome ??= { is: 'unrecorded', why }
    this.#child.kill()
  }

  #settle(exit: TrainerExit): void {
    const outcome = this.#outcome
    if (outcome?.is === 'finished') return
    if (outcome?.is === 'failed') throw this.#fail(outcome.why)
    const died =
      this.#stopping === 'suspend'
        ? this.#interrupt('info', 'The studio closed')
        : this.#interrupt('error', howItDied(exit))
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

  #interrupt(level: 'info' | 'error', what: string): StudioError {
    const step = this.#store.metrics.lastStep(this.#runId)
    const message = `${what} at step ${step}; every step up to it is saved.`
    const checkpoint = this.#store.checkpoints.list(this.#runId).at(-1)?.step ?? 0
    const hint = `Resume the run: it goes on from ${checkpoint === 0 ? 'the beginning' : `step ${checkpoint}`}${level === 'error' ? '. If memory ran out, use a smaller batch' : ''}.`
    try {
      this.#store.transaction(() => {
        this.#store.runs.interrupt(this.#runId, message)
        this.#note(level, message, hint)
      })
    } catch (error) {
      // Where the store takes nothing any more (a full disk), opening it next time marks the run.
      if (this.#outcome?.is !== 'unrecorded') throw error
    }
    return new StudioError(level === 'info' ? 'cancelled' : 'internal', message, hint)
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

/** The beginning of a sentence about a process that is gone. */
function howItDied({ code, signal, output }: TrainerExit): string {
  const words = lastWords(output)
  const saying = words === undefined ? '' : `, saying "${words}",`
  if (signal === 'SIGKILL')
    return `The trainer was killed (SIGKILL, which is also how the system ends what needs too much memory)${saying}`
  if (signal !== null) return `The trainer crashed (${signal})${saying}`
  return `The trainer ended without a result (exit code ${code})${saying}`
}

/** The last line that says something: stacks say where, not what. */
function lastWords(output: string): string | undefined {
  const isFrame = (line: string) => /^\s*(at |\d+: |#|-{3,})/.test(line)
  return output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '' && !isFrame(line))
}
