/**
 * A run as it happens. The stream is read from the store: what is told was stored before, a reader's place is its cursor
 * there, and a slow reader costs no memory because nothing waits for it.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { withEventMeta } from '@orpc/server'
import type { LiveMessage } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'
import { type LiveCursor, readCursor, writeCursor } from './live-cursor.ts'
import { runCheckpoints } from './run-checkpoints.ts'
import type { RunSignals } from './signals.ts'

/** At most so many messages a second reach a reader. */
const pauseMs = 50
/** Steps of one message; a reader that is behind gets the next ones at once. */
const stepsPerMessage = 1_000

export interface LiveOptions {
  /** Steps up to here are known to a reader that joins anew; undefined = all but the last one. */
  readonly after: number | undefined
  /** Of the last message that a reader has seen who joins again. */
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal | undefined
}

/** Follows a run until the reader leaves, the run is removed, or the studio closes. */
export async function* liveRun(
  store: Store,
  signals: RunSignals,
  id: string,
  { after, lastEventId, signal }: LiveOptions,
): AsyncGenerator<LiveMessage> {
  let cursor = readCursor(lastEventId) ?? beginning(store, id, after)
  while (!signals.closed && signal?.aborted !== true) {
    const count = signals.count(id)
    if (!store.runs.has(id)) return
    const { message, behind, next } = readNews(store, id, cursor)
    if (message !== null) {
      cursor = next
      yield withEventMeta(message, { id: writeCursor(cursor) })
    }
    if (behind) continue
    if (message !== null) await pause(signal)
    await signals.changed(id, count, signal)
  }
}

function beginning(store: Store, id: string, after: number | undefined): LiveCursor {
  return {
    attempt: store.attempts.list(id).at(-1)?.number ?? 0,
    // The last step comes along, so that whoever joins knows the present figures.
    step: after ?? Math.max(0, store.metrics.lastStep(id) - 1),
    evaluation: -1,
    log: 0,
    sample: 0,
    checkpoints: '',
    run: '',
  }
}

/** What the store has behind the cursor; the message is null where it has nothing. */
function readNews(store: Store, id: string, cursor: LiveCursor) {
  const run = store.runs.get(id)
  const attempts = store.attempts.list(id)
  const missed = attempts
    .filter(({ number }) => number > cursor.attempt)
    .map(({ resumedFrom }) => resumedFrom)
  const back = Math.min(...missed)
  const known = Math.max(cursor.step, cursor.evaluation)
  const rewind = back < known ? back : null

  const waiting = store.metrics.steps(id, Math.min(cursor.step, back))
  const steps = waiting.slice(0, stepsPerMessage)
  const evaluations = store.metrics.evaluations(id, Math.min(cursor.evaluation, back))
  const log = store.events.list(id, cursor.log)
  const samples = store.samples.list(id, cursor.sample)
  const kept = store.checkpoints.list(id)
  const marks = { checkpoints: `${kept.length}.${kept.at(-1)?.createdAt ?? 0}`, run: digest(run) }

  const changedRun = marks.run !== cursor.run
  const changedCheckpoints = marks.checkpoints !== cursor.checkpoints
  const any = [steps, evaluations, log, samples].some((part) => part.length > 0)
  const next: LiveCursor = {
    attempt: attempts.at(-1)?.number ?? 0,
    step: steps.at(-1)?.step ?? Math.min(cursor.step, back),
    evaluation: evaluations.at(-1)?.step ?? Math.min(cursor.evaluation, back),
    log: log.at(-1)?.id ?? cursor.log,
    sample: samples.reduce((last, sample) => Math.max(last, sample.id), cursor.sample),
    ...marks,
  }
  const message: LiveMessage = {
    run: changedRun ? run : null,
    rewind,
    position: next.step,
    steps,
    evaluations,
    log,
    samples,
    checkpoints: changedCheckpoints ? runCheckpoints(store, id) : null,
  }
  const news = any || changedRun || changedCheckpoints || rewind !== null
  return { message: news ? message : null, next, behind: waiting.length > steps.length }
}

/** Changes when the run does, but not with each step. */
function digest({ lastStep: _, ...run }: Run): string {
  return createHash('sha256').update(JSON.stringify(run)).digest('base64url').slice(0, 12)
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  // Leaving ends the stream, which is no failure.
  await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => {})
}
