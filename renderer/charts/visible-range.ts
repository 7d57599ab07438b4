/** Which values a chart shows: everything in view, or without the few that would flatten the rest. */
import { padded, type ScaleKind } from './scale.ts'
import { covering, lowerBound } from './search.ts'

export interface Points {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

export interface VerticalRange {
  readonly from: number
  readonly to: number
  /** Values in view above and below the range. */
  readonly above: number
  readonly below: number
  /** Values in view that a logarithmic axis does not have. */
  readonly notPositive: number
}

const sampleSize = 4_096
const room = 0.05
/** Values beyond the middle nine tenths by this share of their spread are outliers … */
const reach = 1.5
/** … and are left out where they would stretch the axis to more than this. */
const stretch = 2.5

/** The part of the x-axis that is shown: a logarithm begins at the first value above 0. */
export function horizontalRange(
  curves: readonly { readonly x: ArrayLike<number> }[],
  range: { readonly from: number; readonly to: number } | null,
  kind: ScaleKind,
): { readonly from: number; readonly to: number } {
  const { from, to } = range ?? { from: 0, to: 1 }
  if (kind === 'linear') return to > from ? { from, to } : { from: from - 0.5, to: from + 0.5 }
  if (from > 0) return to > from ? { from, to } : { from: from / 2, to: from * 2 }
  let least = Number.POSITIVE_INFINITY
  for (const { x } of curves) {
    const first = x[lowerBound(x, Number.MIN_VALUE)]
    if (first !== undefined && first < least) least = first
  }
  if (!Number.isFinite(least)) least = to > 0 ? to / 1_000 : 1
  return { from: least, to: Math.max(to, least * 2) }
}

/** @returns null when nothing is in view */
export function verticalRange(
  curves: readonly Points[],
  view: { readonly from: number; readonly to: number },
  { kind, clip }: { readonly kind: ScaleKind; readonly clip: boolean },
): VerticalRange | null {
  const parts = curves.map(({ x, y }) => ({ y, within: covering(x, view.from, view.to) }))
  let [least, greatest, count, notPositive] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const { y, within } of parts) {
    for (let i = within[0]; i < within[1]; i++) {
      const value = y[i]!
      if (!Number.isFinite(value)) continue
      if (kind === 'log' && value <= 0) {
        notPositive += 1
        continue
      }
      count += 1
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
  }
  if (count === 0) return notPositive === 0 ? null : { from: 0.1, to: 10, above: 0, below: 0, notPositive }
  const [low, high] = clip ? fences(parts, count, kind, least, greatest) : [least, greatest]
  let [above, below] = [0, 0]
  if (low > least || high < greatest) {
    for (const { y, within } of parts) {
      for (let i = within[0]; i < within[1]; i++) {
        if (y[i]! > high) above += 1
        else if (y[i]! < low && (kind === 'linear' || y[i]! > 0)) below += 1
      }
    }
  }
  const [from, to] = padded(kind, low, high, room)
  return { from, to, above, below, notPositive }
}

function fences(
  parts: readonly { readonly y: ArrayLike<number>; readonly within: readonly [number, number] }[],
  count: number,
  kind: ScaleKind,
  least: number,
  greatest: number,
): [low: number, high: number] {
  // Quantiles of every k-th value are close enough, and a pan has 16 ms.
  const every = Math.max(1, Math.floor(count / sampleSize))
  const forward = kind === 'log' ? Math.log10 : (value: number) => value
  const sample: number[] = []
  for (const { y, within } of parts) {
    for (let i = within[0]; i < within[1]; i += every) {
      const value = forward(y[i]!)
      if (Number.isFinite(value)) sample.push(value)
    }
  }
  if (sample.length < 20) return [least, greatest]
  const sorted = Float64Array.from(sample).sort()
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  const [q05, q95] = [quantile(0.05), quantile(0.95)]
  const margin = (q95 - q05) * reach
  const low = Math.max(forward(least), q05 - margin)
  const high = Math.min(forward(greatest), q95 + margin)
  if (high <= low || forward(greatest) - forward(least) <= (high - low) * stretch) return [least, greatest]
  return kind === 'log' ? [10 ** low, 10 ** high] : [low, high]
}
