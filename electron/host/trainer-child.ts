/** A trainer process seen from the host: typed messages, and an exit that tells a clean end from a crash. */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../engine/errors.ts'
import type { ProcessEnd, SpawnTrainer, TrainerProcess } from './spawn-trainer.ts'
import { type FromTrainer, parseFromTrainer, type ToTrainer } from './trainer-messages.ts'

const keptOutput = 4_000

export interface TrainerExit extends ProcessEnd {
  /** The last thing the process printed: what native code says before it dies. */
  readonly output: string
}

export interface TrainerListeners {
  message(message: FromTrainer): void
  /** A message arrived that is none, or could not be handled. */
  broken(error: unknown): void
}

export class TrainerChild {
  /** Settles once the process has ended and all its messages have been heard. */
  readonly exit: Promise<TrainerExit>
  readonly #process: TrainerProcess
  #output = ''

  /** @param jobModule path of a module exporting `train`; the engine's when absent */
  constructor(listeners: TrainerListeners, jobModule: string | undefined, spawn: SpawnTrainer) {
    this.#process = spawn(jobModule === undefined ? [] : [jobModule], {
      message: (raw) => {
        try {
          listeners.message(parseFromTrainer(raw))
        } catch (error) {
          listeners.broken(error)
        }
      },
      output: (text) => {
        this.#output = (this.#output + text).slice(-keptOutput)
      },
    })
    this.exit = this.#ended()
  }

  /** Undefined while the process is being started. */
  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Says something; a process that has ended does not hear it, and `exit` tells that. */
  send(message: ToTrainer): void {
    this.#process.send(message)
  }

  kill(): void {
    this.#process.kill()
  }

  /** Gives the process `milliseconds` to end by itself, then kills it. */
  async waitForExit(milliseconds: number): Promise<TrainerExit> {
    const patience = new AbortController()
    const tooLong = sleep(milliseconds, undefined, { signal: patience.signal }).then(
      () => this.kill(),
      () => {}, // it ended in time
    )
    const exit = await this.exit
    patience.abort()
    await tooLong
    return exit
  }

  async #ended(): Promise<TrainerExit> {
    try {
      const end = await this.#process.end
      return { ...end, output: this.#output.trim() }
    } catch (error) {
      // The process could not even be started.
      return { code: null, signal: null, output: messageOf(error) }
    }
  }
}
