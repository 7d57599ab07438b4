/** The full data of one curve: every stored value of a metric over an axis. */
import type { CurveAxis, CurveMetric, CurveSummary } from '../../contract/compare-curves.ts'
import type { StepColumn } from '../../store/metric-columns.ts'
import type { Store } from '../../store/open-store.ts'
import { lowerBound } from './reduce-curve.ts'
import type { RunColumnCache, RunColumns } from './run-columns.ts'
import { curveAxisEntries, curveMetricEntries } from './vocabulary.ts'

export interface CurveData {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly step: Float64Array
}

/** x of every step of a run. */
export function readAxis(cache: RunColumnCache, runId: string, axis: CurveAxis): Float64Array {
  const { from, make } = curveAxisEntries[axis]
  return make(cache.read(runId, from) as RunColumns)
}

/** Every stored value of some metrics of a run, over one axis. */
export function readCurves(
  store: Pick<Store, 'metrics'>,
  cache: RunColumnCache,
  runId: string,
  metrics: readonly CurveMetric[],
  axis: CurveAxis,
): CurveData[] {
  const across = curveAxisEntries[axis]
  const entries = metrics.map((metric) => curveMetricEntries[metric])
  const wanted = new Set<StepColumn>(['step', ...across.from])
  for (const entry of entries) if ('from' in entry) for (const column of entry.from) wanted.add(column)
  const columns = cache.read(runId, [...wanted]) as RunColumns
  const x = across.make(columns)
  return entries.map((entry) =>
    'from' in entry
      ? { x, y: entry.make(columns), step: columns.step }
      : evaluationCurve(store.metrics, runId, x, columns.step),
  )
}

/** An evaluation lies where its step does; one before the first step lies at 0. */
function evaluationCurve(
  metrics: Store['metrics'],
  runId: string,
  x: Float64Array,
  steps: Float64Array,
): CurveData {
  const evaluations = metrics.evaluations(runId)
  const place = (step: number) => {
    const after = lowerBound(steps, step)
    return steps[after] === step ? x[after]! : (x[after - 1] ?? 0)
  }
  return {
    x: Float64Array.from(evaluations, ({ step }) => place(step)),
    y: Float64Array.from(evaluations, ({ validationLoss }) => validationLoss),
    step: Float64Array.from(evaluations, ({ step }) => step),
  }
}

/** Figures of a whole curve. */
export function summaryOf({ x, y, step }: CurveData, smooth: Float64Array | null): CurveSummary {
  let [least, greatest, notNumbers] = [-1, -1, 0]
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!
    if (!Number.isFinite(value)) notNumbers += 1
    else {
      if (least === -1 || value < y[least]!) least = i
      if (greatest === -1 || value > y[greatest]!) greatest = i
    }
  }
  const last = y.length - 1
  const at = (column: Float64Array, place: number) => (place === -1 ? null : column[place]!)
  const lastSmooth = smooth === null ? null : at(smooth, last)
  return {
    points: y.length,
    notNumbers,
    min: at(y, least),
    minX: at(x, least),
    minStep: at(step, least),
    max: at(y, greatest),
    maxX: at(x, greatest),
    maxStep: at(step, greatest),
    last: at(y, last),
    lastX: at(x, last),
    lastStep: at(step, last),
    lastSmooth: lastSmooth !== null && Number.isFinite(lastSmooth) ? lastSmooth : null,
  }
}
