/** A worker thread called like an object: typed calls with progress and cancellation; its failures come back as errors. */
import { Worker } from 'node:worker_threads'
import { type ErrorCode, StudioError } from '../../../../engine/errors.ts'
import type { Answer, Call, Handlers, Progress } from './serve.ts'

export interface CallContext {
  readonly signal?: AbortSignal | undefined
  readonly progress?: ((now: Progress) => void) | undefined
}

interface Pending {
  resolve(value: unknown): void
  reject(error: unknown): void
  readonly progress: CallContext['progress']
}

/** Work that does not notice a cancellation within this time is ended with its thread. */
const graceMs = 2_000

export class Thread<H extends Handlers> {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #next = 1
  #gone: StudioError | null = null

  /** @param workerData what the module reads when it starts */
  constructor(module: URL, workerData?: unknown) {
    this.#worker = new Worker(module, { workerData })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', (error) => {
      console.error(error)
      this.#end(`A thread of the studio failed: ${error.message}.`)
    })
    this.#worker.on('exit', () => this.#end('A thread of the studio has ended.'))
  }

  /** Whether calls are still taken. */
  get alive(): boolean {
    return this.#gone === null
  }

  /** Calls that wait for their answer. */
  get busy(): boolean {
    return this.#pending.size > 0
  }

  call<K extends keyof H & string>(
    name: K,
    input: Parameters<H[K]>[0],
    { signal, progress }: CallContext = {},
  ): Promise<Awaited<ReturnType<H[K]>>> {
    if (this.#gone !== null) return Promise.reject(this.#gone)
    if (signal?.aborted) return Promise.reject(cancelled())
    const flag = new SharedArrayBuffer(4)
    const call: Call = { id: this.#next++, name, input, flag }
    return new Promise((resolve, reject) => {
      const abort = () => this.#cancel(call)
      signal?.addEventListener('abort', abort)
      const settle = () => {
        this.#pending.delete(call.id)
        signal?.removeEventListener('abort', abort)
      }
      this.#pending.set(call.id, {
        progress,
        resolve: (value) => {
          settle()
          // What the handler of that name returned, cloned.
          resolve(value as Awaited<ReturnType<H[K]>>)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.#worker.postMessage(call)
    })
  }

  async close(): Promise<void> {
    this.#gone ??= cancelled()
    await this.#worker.terminate()
  }

  #answered(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    if (pending === undefined) return
    if (answer.type === 'progress') pending.progress?.(answer.progress)
    else if (answer.type === 'result') pending.resolve(answer.value)
    else if (answer.type === 'failure') pending.reject(asError(answer.failure))
    else pending.reject(Object.assign(new Error(answer.message), { stack: answer.stack }))
  }

  #cancel({ id, flag }: Call): void {
    Atomics.store(new Int32Array(flag), 0, 1)
    const timer = setTimeout(() => {
      if (!this.#pending.has(id)) return
      this.#pending.get(id)?.reject(cancelled())
      void this.close()
    }, graceMs)
    timer.unref()
  }

  #end(message: string): void {
    this.#gone ??= new StudioError('internal', message, 'Try again; what was saved before is unharmed.')
    for (const { reject } of [...this.#pending.values()]) reject(this.#gone)
  }
}

/** Starts a thread for one call. */
export async function callOnce<H extends Handlers, K extends keyof H & string>(
  module: URL,
  name: K,
  input: Parameters<H[K]>[0],
  context: CallContext = {},
): Promise<Awaited<ReturnType<H[K]>>> {
  const thread = new Thread<H>(module)
  try {
    return await thread.call(name, input, context)
  } finally {
    await thread.close()
  }
}

function asError({ code, message, hint }: { code: string; message: string; hint: string }): StudioError {
  // Codes come from StudioErrors of the same build.
  return new StudioError(code as ErrorCode, message, hint)
}

function cancelled(): StudioError {
  return new StudioError('cancelled', 'The work was cancelled.', 'Start it again if needed.')
}
