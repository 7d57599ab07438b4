/** Answers questions about curves: of single runs, of groups, and as sparklines. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from 'zod'
import type {
  Bands,
  bandsInput,
  Curve,
  CurveMetric,
  Curves,
  curvesInput,
  Sparkline,
  sparklinesInput,
} from '../../contract/compare-curves.ts'
import type { Store } from '../../store/open-store.ts'
import { bandGrid, bandOf } from './bands.ts'
import { type CurveData, readAxis, readCurves, summaryOf } from './curve-data.ts'
import { type Buckets, bucketsFor, lowerBound, type Part, reduceCurve } from './reduce-curve.ts'
import { RunColumnCache } from './run-columns.ts'
import { smoothed } from './smoothing.ts'
import { curveMetricEntries } from './vocabulary.ts'

/** Other work of the host gets its turn after so long. */
const turnMs = 12

type AxisQuestion = Pick<z.infer<typeof curvesInput>, 'axis' | 'logX' | 'range' | 'buckets'>

export class CurveReader {
  readonly #store: Store
  readonly #cache: RunColumnCache

  constructor(store: Store) {
    this.#store = store
    this.#cache = new RunColumnCache(store.metrics)
  }

  async curves(question: z.infer<typeof curvesInput>): Promise<Curves> {
    const { runIds, metrics, axis, smoothing } = question
    const read = (runId: string) => readCurves(this.#store, this.#cache, runId, metrics, axis)
    const { extent, buckets, part } = await this.#layout(runIds, question)
    const byRun: Curve[][] = []
    await inTurns(runIds, (runId) => {
      byRun.push(read(runId).map((data, i) => curveOf(runId, metrics[i]!, data, buckets, part, smoothing)))
    })
    return {
      curves: metrics.flatMap((_, i) => byRun.map((curves) => curves[i]!)),
      extent,
      bucketWidth: buckets.width,
    }
  }

  async bands(question: z.infer<typeof bandsInput>): Promise<Bands> {
    const { groups, metric, axis, smoothing } = question
    const all = groups.flatMap(({ runIds }) => runIds)
    const { extent, buckets, part } = await this.#layout(all, question)
    const grid = bandGrid(buckets, part ?? extent)
    const bands: Bands['bands'] = []
    await inTurns(groups, ({ name, runIds }) => {
      const members = runIds.map((runId) => {
        const [data] = readCurves(this.#store, this.#cache, runId, [metric], axis)
        const y = smoothing > 1 && curveMetricEntries[metric].noisy ? smoothed(data!.y, smoothing) : data!.y
        return { x: data!.x, y }
      })
      const { x, mean, low, high, runs } = bandOf(members, grid)
      bands.push({
        name,
        x: encode(x),
        mean: encode(mean),
        low: encode(low),
        high: encode(high),
        runs: encode(runs),
      })
    })
    return { bands, extent, bucketWidth: buckets.width }
  }

  async sparklines({ runIds, metric, points }: z.infer<typeof sparklinesInput>): Promise<Sparkline[]> {
    const lines: Sparkline[] = []
    await inTurns(runIds, (runId) => {
      const [data] = readCurves(this.#store, this.#cache, runId, [metric], 'step')
      const { x, y } = data!
      const last = x.at(-1) ?? 0
      const buckets = bucketsFor({ from: 0, to: last }, points / 2, false)
      const { kept } = reduceCurve(x, y, buckets, null)
      lines.push({ runId, x: encode(pick(x, kept)), y: encode(pick(y, kept)) })
    })
    return lines
  }

  /** How far these runs reach on an axis, and the buckets for what is seen of it. */
  async #layout(
    runIds: readonly string[],
    { axis, logX, range, buckets }: AxisQuestion,
  ): Promise<{ readonly extent: Part | null; readonly buckets: Buckets; readonly part: Part | null }> {
    let [from, to, positive] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    await inTurns(runIds, (runId) => {
      const x = readAxis(this.#cache, runId, axis)
      if (x.length === 0) return
      from = Math.min(from, x[0]!)
      to = Math.max(to, x.at(-1)!)
      const first = x[lowerBound(x, Number.MIN_VALUE)]
      if (first !== undefined) positive = Math.min(positive, first)
    })
    const extent = from <= to ? { from, to } : null
    const seen = range ?? extent ?? { from: 0, to: 1 }
    const whole = logX ? { from: Math.max(seen.from, Math.min(positive, seen.to)), to: seen.to } : seen
    return { extent, buckets: bucketsFor(whole, buckets, logX), part: range ?? null }
  }
}

function curveOf(
  runId: string,
  metric: CurveMetric,
  data: CurveData,
  buckets: Buckets,
  part: Part | null,
  window: number,
): Curve {
  const { x, y, step } = data
  const { kept, ends, notNumbers, reduced } = reduceCurve(x, y, buckets, part)
  const smooth = window > 1 && curveMetricEntries[metric].noisy ? smoothed(y, window) : null
  return {
    runId,
    metric,
    reduced,
    x: encode(pick(x, kept)),
    y: encode(pick(y, kept)),
    step: encode(pick(step, kept)),
    smoothX: smooth === null ? '' : encode(pick(x, ends)),
    smoothY: smooth === null ? '' : encode(pick(smooth, ends)),
    notNumberX: encode(pick(x, notNumbers)),
    summary: summaryOf(data, smooth),
  }
}

function pick(column: Float64Array, places: Int32Array): Float64Array {
  const picked = new Float64Array(places.length)
  for (let i = 0; i < places.length; i++) picked[i] = column[places[i]!]!
  return picked
}

/** A column as it crosses to a window. */
export function encode(column: Float64Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64')
}

async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  let since = performance.now()
  for (const item of items) {
    work(item)
    if (performance.now() - since < turnMs) continue
    await breathe()
    since = performance.now()
  }
}
