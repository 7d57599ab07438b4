/** A stream that many readers follow and can join again where they left: the last items are kept, numbered from 1. */
import { randomUUID } from 'node:crypto'
import { withEventMeta } from '@orpc/server'

export class Feed<T extends object> {
  /** Ids of another feed (of an earlier life of the host, say) are not taken for places in this one. */
  readonly #life = randomUUID().slice(0, 8)
  readonly #kept: { readonly number: number; readonly item: T }[] = []
  readonly #waiting = new Set<() => void>()
  readonly #keep: number
  readonly #afterGap: () => readonly T[]
  #last = 0
  #closed = false

  /**
   * @param keep how many items a reader may have missed
   * @param afterGap what a reader is told who missed more: items that stand for all that is not kept
   */
  constructor(keep: number, afterGap: () => readonly T[] = () => []) {
    this.#keep = keep
    this.#afterGap = afterGap
  }

  /** How many readers wait for what comes next. */
  get waiting(): number {
    return this.#waiting.size
  }

  publish(item: T): void {
    this.#last += 1
    this.#kept.push({ number: this.#last, item })
    if (this.#kept.length > this.#keep) this.#kept.shift()
    this.#wake()
  }

  /** Ends all readers, once they have read what there is. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  /**
   * Items after `lastEventId` (without one: from this call on), until `signal` aborts or the feed closes. Each carries its
   * id for joining again.
   */
  follow(signal: AbortSignal | undefined, lastEventId?: string): AsyncGenerator<T> {
    return this.#read(lastEventId === undefined ? this.#last : this.#numberOf(lastEventId), signal)
  }

  async *#read(after: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<T> {
    let seen = after
    while (signal?.aborted !== true) {
      const beforeKept = this.#last - this.#kept.length
      if (seen === undefined || seen < beforeKept) {
        // Away for too long, or too slow: told so, then on with what comes next.
        seen = this.#last
        for (const item of this.#afterGap()) yield this.#marked(item, seen)
        continue
      }
      const next = this.#kept[seen - beforeKept]
      if (next !== undefined) {
        seen = next.number
        yield this.#marked(next.item, seen)
      } else if (this.#closed) return
      else await this.#more(signal)
    }
  }

  /** A copy, because the mark is on the object and each reader needs its own. */
  #marked(item: T, number: number): T {
    return withEventMeta({ ...item }, { id: `${this.#life}-${number}` })
  }

  /** @returns undefined when it is no place in this feed */
  #numberOf(id: string): number | undefined {
    const [life, number, ...more] = id.split('-')
    const place = Number(number)
    const isPlace = Number.isSafeInteger(place) && place >= 0 && place <= this.#last
    return life === this.#life && isPlace && more.length === 0 ? place : undefined
  }

  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
