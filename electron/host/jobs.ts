/** Long work of the host that a person watches and may cancel: import, download, hashing, probes. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, StudioError } from '../../engine/errors.ts'
import type { JobRecord } from '../contract/jobs.ts'
import { type Changes, changed } from './changes.ts'
import { Feed } from './feed.ts'

export interface JobContext {
  readonly signal: AbortSignal
  /** Tells how far the work is; at most some ten times a second reach the windows. */
  progress(now: { done?: number; total?: number | null; unit?: string; note?: string }): void
}

interface Entry {
  record: JobRecord
  readonly abort: AbortController
  readonly feed: Feed<JobRecord>
  readonly ended: Promise<void>
  toldAt: number
  /** Runs while there is something that was not told yet. */
  later: NodeJS.Timeout | undefined
}

const tellEveryMs = 80
const keptEnded = 50

export class Jobs {
  readonly #entries = new Map<string, Entry>()
  readonly #changes: Changes

  constructor(changes: Changes) {
    this.#changes = changes
  }

  /**
   * Starts work; its outcome is in the record, never thrown here.
   * @param work resolves to the record's `result`; throws StudioError, or what `signal` aborts with
   */
  start(what: Pick<JobRecord, 'kind' | 'title'>, work: (context: JobContext) => Promise<unknown>): JobRecord {
    const record: JobRecord = {
      ...what,
      id: randomUUID(),
      state: 'running',
      done: 0,
      total: null,
      unit: '',
      note: '',
      startedAt: Date.now(),
      finishedAt: null,
      result: null,
      error: null,
    }
    const abort = new AbortController()
    const context: JobContext = {
      signal: abort.signal,
      progress: (now) => this.#update(record.id, now, false),
    }
    const ended = Promise.resolve()
      .then(() => work(context))
      .then(
        (result) => this.#update(record.id, { state: 'done', result: result ?? null }, true),
        (error: unknown) => this.#update(record.id, outcomeOf(error, abort.signal), true),
      )
    this.#entries.set(record.id, { record, abort, feed: new Feed(100), ended, toldAt: 0, later: undefined })
    changed(this.#changes, 'jobs', record.id)
    return record
  }

  list(): JobRecord[] {
    return [...this.#entries.values()].map(({ record }) => record).reverse()
  }

  /** @throws StudioError `not-found` */
  get(id: string): JobRecord {
    return this.#entry(id).record
  }

  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<JobRecord> {
    const entry = this.#entry(id)
    const later = entry.feed.follow(signal)
    yield { ...entry.record }
    // An ended job's feed is closed: what has been read above was its last word.
    if (entry.record.finishedAt === null) yield* later
  }

  cancel(id: string): void {
    this.#entry(id).abort.abort()
  }

  /** Cancels everything and waits for it, but not for work that does not hear. */
  async close(patienceMs = 5_000): Promise<void> {
    const entries = [...this.#entries.values()]
    for (const { abort } of entries) abort.abort()
    const patience = new AbortController()
    const tooLong = sleep(patienceMs, undefined, { signal: patience.signal, ref: false }).catch(() => {})
    await Promise.race([Promise.all(entries.map(({ ended }) => ended)), tooLong])
    patience.abort()
  }

  #update(id: string, now: Partial<JobRecord>, end: boolean): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.record.finishedAt !== null) return
    entry.record = { ...entry.record, ...now, finishedAt: end ? Date.now() : null }
    if (end) {
      clearTimeout(entry.later)
      entry.feed.publish(entry.record)
      entry.feed.close()
      changed(this.#changes, 'jobs', id)
      this.#forgetOld()
    } else tellInTime(entry)
  }

  #forgetOld(): void {
    const ended = [...this.#entries.values()].filter(({ record }) => record.finishedAt !== null)
    for (const { record } of ended.slice(0, Math.max(0, ended.length - keptEnded)))
      this.#entries.delete(record.id)
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry !== undefined) return entry
    throw new StudioError(
      'not-found',
      `There is no job "${id}".`,
      'It may have ended before the studio started.',
    )
  }
}

/** At once, or when enough time has passed since the last time: the latest state is always told. */
function tellInTime(entry: Entry): void {
  const wait = entry.toldAt + tellEveryMs - Date.now()
  entry.later ??= setTimeout(
    () => {
      entry.later = undefined
      entry.toldAt = Date.now()
      entry.feed.publish(entry.record)
    },
    Math.max(0, wait),
  ).unref()
}

function outcomeOf(error: unknown, signal: AbortSignal): Partial<JobRecord> {
  if (signal.aborted) return { state: 'cancelled' }
  if (error instanceof StudioError) {
    const { code, message, hint } = error
    return { state: 'failed', error: { code, message, hint } }
  }
  console.error(error)
  const hint = 'This is a defect of PEFT Studio; please report it with the log.'
  return { state: 'failed', error: { code: 'internal', message: messageOf(error), hint } }
}
