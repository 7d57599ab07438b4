/** The mean of several curves and the spread around it, on a grid that stays where it is while runs grow. */
import type { Buckets, Part } from './reduce-curve.ts'

export interface Line {
  readonly x: Float64Array
  readonly y: Float64Array
}

export interface BandData {
  readonly x: Float64Array
  readonly mean: Float64Array
  /** One standard deviation below and above; NaN with fewer than two values. */
  readonly low: Float64Array
  readonly high: Float64Array
  /** How many curves have a value. */
  readonly runs: Float64Array
}

/** Ends of the buckets over a part of an axis. */
export function bandGrid(buckets: Buckets, part: Part | null): Float64Array {
  if (part === null || !(part.to >= part.from)) return new Float64Array(0)
  const { width, logarithmic } = buckets
  const from = logarithmic && part.from <= 0 ? Number.MIN_VALUE : part.from
  const first = Math.ceil(logarithmic ? Math.log2(from) / width : from / width)
  const last = Math.ceil(logarithmic ? Math.log2(part.to) / width : part.to / width)
  const count = Math.max(0, Math.min(20_000, last - first + 1))
  return Float64Array.from({ length: count }, (_, i) => {
    const edge = (first + i) * width
    return Math.min(part.to, logarithmic ? 2 ** edge : edge)
  })
}

/** @param grid ascending places at which the mean is taken */
export function bandOf(lines: readonly Line[], grid: Float64Array): BandData {
  const values = lines.map((line) => onGrid(line, grid))
  const [mean, low, high, runs] = [0, 1, 2, 3].map(() => new Float64Array(grid.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let i = 0; i < grid.length; i++) {
    const present = values.map((column) => column[i]!).filter(Number.isFinite)
    const { mean: middle, deviation } = spreadOf(present)
    runs[i] = present.length
    mean[i] = middle ?? Number.NaN
    low[i] = middle === null || deviation === null ? Number.NaN : middle - deviation
    high[i] = middle === null || deviation === null ? Number.NaN : middle + deviation
  }
  return { x: grid, mean, low, high, runs }
}

/**
 * A line at the places of a grid: the mean of its values since the place before, or where there is none the straight line
 * between the values at both sides; NaN beyond its ends.
 */
export function onGrid({ x, y }: Line, grid: Float64Array): Float64Array {
  let from = 0
  const before = grid.length > 1 ? grid[0]! - (grid[1]! - grid[0]!) : Number.NEGATIVE_INFINITY
  while (from < x.length && x[from]! <= before) from += 1
  return Float64Array.from(grid, (place) => {
    let [sum, count, end] = [0, 0, from]
    for (; end < x.length && x[end]! <= place; end++) {
      if (!Number.isFinite(y[end]!)) continue
      sum += y[end]!
      count += 1
    }
    from = end
    if (count > 0) return sum / count
    const [left, right] = [end - 1, end]
    if (left < 0 || right >= x.length) return Number.NaN
    const share = (place - x[left]!) / (x[right]! - x[left]!)
    return y[left]! * (1 - share) + y[right]! * share
  })
}

/** Mean and sample standard deviation; the latter needs two values. */
export function spreadOf(values: readonly number[]): { mean: number | null; deviation: number | null } {
  if (values.length === 0) return { mean: null, deviation: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length === 1) return { mean, deviation: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}
