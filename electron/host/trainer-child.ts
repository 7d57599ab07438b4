/** A trainer process seen from the host: typed messages, and an exit that tells a clean end from a crash. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../engine/errors.ts'
import { processFlags } from '../../engine/train/process-flags.ts'
import { type FromTrainer, parseFromTrainer, type ToTrainer } from './trainer-messages.ts'

const entry = fileURLToPath(new URL('../trainer-process.ts', import.meta.url))
const keptOutput = 4_000

export interface TrainerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last thing the process printed: what native code says before it dies. */
  readonly output: string
}

export interface TrainerListeners {
  message(message: FromTrainer): void
  /** A message arrived that is none, or could not be handled. */
  broken(error: unknown): void
}

export class TrainerChild {
  readonly pid: number | undefined
  /** Settles once the process has ended and all its messages have been heard. */
  readonly exit: Promise<TrainerExit>
  readonly #process: ChildProcess
  #output = ''

  /** @param jobModule path of a module exporting `train`; the engine's when absent */
  constructor(listeners: TrainerListeners, jobModule: string | undefined) {
    this.#process = fork(entry, jobModule === undefined ? [] : [jobModule], {
      execArgv: [...processFlags],
      // Structured cloning: NaN and infinite losses arrive as what they are.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.pid = this.#process.pid
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput)
      })
    }
    this.#process.on('message', (raw) => {
      try {
        listeners.message(parseFromTrainer(raw))
      } catch (error) {
        listeners.broken(error)
      }
    })
    this.exit = this.#ended()
  }

  /** Says something; a process that has ended does not hear it, and `exit` tells that. */
  send(message: ToTrainer): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  kill(): void {
    this.#process.kill('SIGKILL')
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
      const [code, signal] = await closed(this.#process)
      return { code, signal, output: this.#output.trim() }
    } catch (error) {
      // The process could not even be started.
      return { code: null, signal: null, output: messageOf(error) }
    }
  }
}

/** `close` comes after the pipes have been read; the channel may still hold messages until `disconnect`. */
async function closed(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const disconnected = child.connected ? once(child, 'disconnect') : undefined
  const [code, signal] = await once(child, 'close')
  await disconnected
  return [code, signal]
}
