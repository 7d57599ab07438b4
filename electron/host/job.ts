/** One run being trained by one process: from its start to the state it leaves in the store. */
import { StudioError } from '../../engine/errors.ts'
import type { TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import { recordEvent } from './record-event.ts'
import { TrainerChild, type TrainerExit } from './trainer-child.ts'
import type { FromTrainer, StopMode } from './trainer-messages.ts'

export interface JobSettings {
  /** Path of a module exporting `train` (see trainer-process.ts); the engine's training when undefined. */
  readonly jobModule: string | undefined
  /** How long a job that was told to stop may go on before its process is killed. */
  readonly stopPatienceMs: number
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
  #outcome: Outcome | undefined
  #stopping = false

  /** Starts the process; `plan` goes to it as it is. */
  constructor(store: Store, runId: string, plan: unknown, settings: JobSettings) {
    this.#store = store
    this.#runId = runId
    this.#plan = plan
    this.#settings = settings
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
    this.#child = new TrainerChild(listeners, settings.jobModule)
    this.ended = this.#child.exit.then((exit) => {
      close()
      this.#settle(exit)
    })
    this.ended.catch(() => {}) // whoever awaits it hears of it; nobody has to be waiting at that moment
  }

  /** Lets the job wait between two steps, or go on; one that has ended does neither. */
  pause(paused: boolean): void {
    if (this.#outcome !== undefined) return
    this.#child.send({ type: paused ? 'pause' : 'resume' })
    this.#store.runs.setPaused(this.#runId, paused)
  }

  /** Asks the job to end after its current step, and sees to it that it does. */
  stop(mode: StopMode): void {
    if (this.#stopping || this.#outcome !== undefined) return
    this.#stopping = true
    this.#child.send({ type: 'stop', mode })
    void this.#child.waitForExit(this.#settings.stopPatienceMs)
  }

  /** Stores first, then publishes: nobody sees what a crash could lose. */
  #hear(message: FromTrainer, publish: (event: TrainEvent) => void): void {
    if (this.#outcome?.is === 'unrecorded') return
    if (message.type === 'ready') {
      this.#child.send({ type: 'start', plan: this.#plan })
    } else if (message.type === 'failed') {
      this.#outcome = { is: 'failed', why: message }
    } else {
      recordEvent(this.#store, this.#runId, message.event)
      if (message.event.type === 'finished') this.#outcome = { is: 'finished' }
      publish(message.event)
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
    const died = this.#interrupt(exit)
    throw outcome === undefined ? died : outcome.why
  }

  #fail({ code, message, hint }: Failure): StudioError {
    const cancelled = code === 'cancelled'
    this.#store.transaction(() => {
      this.#store.runs.end(this.#runId, cancelled ? 'cancelled' : 'failed', { code, message, hint })
      this.#note(cancelled ? 'info' : 'error', message)
    })
    return new StudioError(code, message, hint)
  }

  #interrupt(exit: TrainerExit): StudioError {
    const message = `The trainer of run ${this.#runId} ${howItEnded(exit)}.`
    const step = this.#store.metrics.lastStep(this.#runId)
    const hint = `Every step up to ${step} is saved. Resume the run; if memory ran out, with a smaller batch.`
    try {
      this.#store.transaction(() => {
        this.#store.runs.interrupt(this.#runId)
        this.#note('error', message)
      })
    } catch (error) {
      // Where the store takes nothing any more (a full disk), opening it next time marks the run.
      if (this.#outcome?.is !== 'unrecorded') throw error
    }
    return new StudioError('internal', message, hint)
  }

  #note(level: 'info' | 'error', message: string): void {
    const step = this.#store.metrics.lastStep(this.#runId)
    this.#store.events.add({ runId: this.#runId, step, level, message })
  }
}

function howItEnded({ code, signal, output }: TrainerExit): string {
  const last = output.split('\n').at(-1)
  const words = last ? `; its last words: ${last}` : ''
  if (signal === 'SIGKILL')
    return `was killed (SIGKILL), which is also how the system ends what needs too much memory${words}`
  if (signal !== null) return `crashed (${signal})${words}`
  return `ended without a result (exit code ${code})${words}`
}
