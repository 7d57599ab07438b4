/** The inside of a worker thread: answers the calls of `Thread`, tells progress, and notices when nobody waits any more. */
import { parentPort } from 'node:worker_threads'
import { messageOf, StudioError } from '../../../../engine/errors.ts'
import type { Failure } from '../../../contract/shared.ts'

/** What a handler is given besides its input. */
export interface Task {
  readonly cancelled: boolean
  /** Ends the work when it was cancelled; to be asked every few milliseconds. @throws StudioError `cancelled` */
  check(): void
  progress(now: Progress): void
}

export interface Progress {
  readonly done?: number
  readonly total?: number | null
  readonly unit?: string
  readonly note?: string
}

export type Handlers = Readonly<Record<string, (input: never, task: Task) => unknown>>

/** A call on its way into the thread. */
export interface Call {
  readonly id: number
  readonly name: string
  readonly input: unknown
  /** One 32-bit number: 1 once the call is cancelled. Shared, so that work that never waits sees it too. */
  readonly flag: SharedArrayBuffer
}

export type Answer =
  | { readonly id: number; readonly type: 'progress'; readonly progress: Progress }
  | { readonly id: number; readonly type: 'result'; readonly value: unknown }
  | { readonly id: number; readonly type: 'failure'; readonly failure: Failure }
  | { readonly id: number; readonly type: 'defect'; readonly message: string; readonly stack: string }

const tellEveryMs = 40

export function serve(handlers: Handlers): void {
  const port = parentPort
  if (port === null) throw new Error('only a worker thread can be called')
  const tell = (answer: Answer) => port.postMessage(answer)
  port.on('message', (call: Call) => {
    const handler = handlers[call.name] as ((input: unknown, task: Task) => unknown) | undefined
    if (handler === undefined) throw new Error(`there is no handler "${call.name}"`)
    const work = async () => handler(call.input, taskOf(call, tell))
    work().then(
      (value) => tell({ id: call.id, type: 'result', value }),
      (error: unknown) => tell(answerOf(call.id, error)),
    )
  })
}

function taskOf({ id, flag }: Call, tell: (answer: Answer) => void): Task {
  const cancelled = new Int32Array(flag)
  let toldAt = 0
  const task = {
    get cancelled() {
      return Atomics.load(cancelled, 0) === 1
    },
    check() {
      if (task.cancelled)
        throw new StudioError('cancelled', 'The work was cancelled.', 'Start it again if needed.')
    },
    progress(progress: Progress) {
      const now = Date.now()
      if (now - toldAt < tellEveryMs) return
      toldAt = now
      tell({ id, type: 'progress', progress })
    },
  }
  return task
}

function answerOf(id: number, error: unknown): Answer {
  if (error instanceof StudioError) {
    const { code, message, hint } = error
    return { id, type: 'failure', failure: { code, message, hint } }
  }
  return {
    id,
    type: 'defect',
    message: messageOf(error),
    stack: error instanceof Error ? (error.stack ?? '') : '',
  }
}
