/**
 * Asks the thread that computes figures. One question is worked on at a time; of those that wait, the newest comes first,
 * and one whose asker has gone (a newer value was typed) is dropped, so that the answers follow typing.
 */
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { type ErrorCode, StudioError } from '../../../engine/errors.ts'
import type { Figures } from './figures.ts'

const kinds = [
  'estimate',
  'memoryOptions',
  'drawing',
  'moduleNames',
  'check',
  'layout',
] as const satisfies (keyof Figures)[]
type Kind = keyof Figures

export const questionSchema = z.object({ id: z.int(), kind: z.enum(kinds), input: z.unknown() })
export type Question = z.infer<typeof questionSchema>
export interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly failure?: { readonly code: ErrorCode; readonly message: string; readonly hint: string }
}

interface Waiting {
  readonly kind: Kind
  readonly input: unknown
  settle(answer: Omit<Answer, 'id'>): void
  readonly gone: () => boolean
}

export class FiguresThread {
  readonly #waiting: Waiting[] = []
  #worker: Worker | undefined
  #current: Waiting | undefined
  #id = 0

  /**
   * @param signal aborts when the answer is no longer wanted
   * @throws StudioError as the engine does; `cancelled` when the signal aborts first
   */
  ask<K extends Kind>(
    kind: K,
    input: Parameters<Figures[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<Figures[K]>>> {
    return new Promise((resolve, reject) => {
      const gone = () => signal?.aborted ?? false
      const stop = () =>
        reject(new StudioError('cancelled', 'A newer question came first.', 'Wait for its answer.'))
      if (gone()) return stop()
      signal?.addEventListener('abort', stop, { once: true })
      this.#waiting.push({
        kind,
        input,
        gone,
        settle({ value, failure }) {
          signal?.removeEventListener('abort', stop)
          if (failure) reject(new StudioError(failure.code, failure.message, failure.hint))
          else resolve(value as Awaited<ReturnType<Figures[K]>>)
        },
      })
      this.#next()
    })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
    const closed = { code: 'cancelled' as const, message: 'The studio is closing.', hint: 'Open it again.' }
    for (const { settle } of this.#waiting.splice(0)) settle({ failure: closed })
    this.#current?.settle({ failure: closed })
    this.#current = undefined
  }

  #next(): void {
    if (this.#current !== undefined) return
    let next = this.#waiting.pop()
    while (next?.gone()) next = this.#waiting.pop()
    if (next === undefined) return
    this.#current = next
    this.#id += 1
    const question: Question = { id: this.#id, kind: next.kind, input: next.input }
    this.#thread().postMessage(question)
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(new URL('./figures-worker.ts', import.meta.url))
    // It waits for questions and must not keep a process alive that has nothing else to do.
    worker.unref()
    worker.on('message', ({ id, ...answer }: Answer) => {
      if (id === this.#id) this.#finish(answer)
    })
    worker.on('error', (error) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      const hint = 'The model may be too large for this machine; if not, report it with the log.'
      this.#finish({
        failure: { code: 'internal', message: `Computing the figures failed: ${error.message}.`, hint },
      })
    })
    this.#worker = worker
    return worker
  }

  #finish(answer: Omit<Answer, 'id'>): void {
    const current = this.#current
    this.#current = undefined
    current?.settle(answer)
    this.#next()
  }
}
