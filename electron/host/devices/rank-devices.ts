/** Measures a run's first steps on each device, holds the results against the reference's, and ranks what is right by speed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, StudioError } from '../../../engine/errors.ts'
import { type DeviceInfo, REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import type { Measurement, RankedDevice } from '../../contract/devices.ts'
import type { JobContext } from '../jobs.ts'
import type { Probe } from '../methods/probe.ts'
import { compareResults, type StepResults } from './verdict.ts'

/** A device gets this long, and this many times what the reference took, before it is given up as too slow. */
const PATIENCE_MS = 60_000
const PATIENCE_TIMES = 4

export interface RankParts {
  /** Two real steps on one device. @throws StudioError where it fails; the signal's reason when it aborts */
  readonly probe: (deviceId: string, context: JobContext) => Promise<Probe>
  /** Why the run does not fit into a device; undefined where it does. */
  readonly tooSmall: (device: DeviceInfo) => Promise<string | undefined>
  /** Whether something else is being trained. */
  readonly busy: () => boolean
  readonly patienceMs?: number
}

/**
 * The fastest first, then those that are out, in the order they were given. No device that fails is fatal.
 * @throws the signal's reason when it aborts
 */
export async function rankDevices(
  candidates: readonly DeviceInfo[],
  { signal, progress }: JobContext,
  parts: RankParts,
): Promise<RankedDevice[]> {
  // Everything else is held against the reference, so it comes first.
  const order = [...candidates].sort(
    (a, b) => Number(b.id === REFERENCE_DEVICE) - Number(a.id === REFERENCE_DEVICE),
  )
  const measured: RankedDevice[] = []
  let reference: StepResults | undefined
  let patienceMs: number | undefined
  for (const [at, device] of order.entries()) {
    const note = `${device.title} (${at + 1} of ${order.length})`
    progress({ done: at, total: order.length, unit: 'devices', note })
    const began = performance.now()
    const context: JobContext = {
      signal,
      progress: (now) => progress({ note: now.note === undefined ? note : `${note}: ${now.note}` }),
    }
    const { entry, results } = await measureOne(device, context, parts, reference, patienceMs)
    measured.push(entry)
    if (device.id !== REFERENCE_DEVICE) continue
    if (entry.verdict === 'ranked') reference = results
    patienceMs = Math.max(parts.patienceMs ?? PATIENCE_MS, PATIENCE_TIMES * (performance.now() - began))
  }
  progress({ done: order.length, note: '' })
  const right = measured.filter(({ verdict }) => verdict === 'ranked')
  const speed = ({ measurement }: RankedDevice) => measurement?.usefulTokensPerSecond ?? 0
  return [
    ...right.sort((a, b) => speed(b) - speed(a)),
    ...measured.filter(({ verdict }) => verdict !== 'ranked'),
  ]
}

async function measureOne(
  device: DeviceInfo,
  { signal, progress }: JobContext,
  { probe, tooSmall, busy }: RankParts,
  reference: StepResults | undefined,
  patienceMs: number | undefined,
): Promise<{ entry: RankedDevice; results?: StepResults }> {
  const { id, title, precision } = device
  const out = (verdict: RankedDevice['verdict'], because: string) => ({
    entry: { id, title, verdict, because, measurement: null, lossDifference: null },
  })
  const small = await tooSmall(device)
  if (small !== undefined) return out('too-small', small)
  const ended = new AbortController()
  const tooLong = new AbortController()
  if (patienceMs !== undefined)
    void sleep(patienceMs, undefined, { signal: ended.signal }).then(
      () => tooLong.abort(),
      () => {}, // it ended in time
    )
  const disturbed = busy()
  try {
    const { measurement, results } = await probe(id, {
      signal: AbortSignal.any([signal, tooLong.signal]),
      progress,
    })
    const figures: Measurement = {
      ...measurement,
      device: { id, title },
      disturbed: disturbed || busy(),
    }
    const { lossDifference, wrong } =
      reference === undefined ? own(results) : compareResults(results, reference, precision)
    if (wrong !== undefined) {
      const { entry } = out('wrong', `Wrong results: ${wrong}.`)
      return { entry: { ...entry, lossDifference } }
    }
    const because =
      reference === undefined && id !== REFERENCE_DEVICE
        ? 'Its results could not be checked: the processor could not be measured.'
        : precision === undefined || lossDifference === null
          ? null
          : `Computes products in ${precision}: its loss differs by ${lossDifference.toPrecision(2)}.`
    return { entry: { id, title, verdict: 'ranked', because, measurement: figures, lossDifference }, results }
  } catch (error) {
    signal.throwIfAborted()
    if (tooLong.signal.aborted)
      return out(
        'too-slow',
        `Stopped after ${Math.round((patienceMs ?? 0) / 1000)} s: it cannot be the fastest.`,
      )
    if (error instanceof StudioError) return out('failed', `${error.message} ${error.hint}`)
    console.error(error)
    return out('failed', messageOf(error))
  } finally {
    ended.abort()
  }
}

/** The results of a device that there is nothing to compare with; they must be numbers at least. */
function own({ losses }: StepResults): { lossDifference: null; wrong: string | undefined } {
  const finite = losses.every(Number.isFinite)
  return { lossDifference: null, wrong: finite ? undefined : 'its loss is not a finite number' }
}
