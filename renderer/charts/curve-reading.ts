/** What is read off curves: the value at a place, and the curve a pointer means. */
import type { Column } from './columns.ts'
import type { ChartCurve } from './curve.ts'
import type { Viewport } from './curve-layers.ts'
import { lowerBound, nearestIndex } from './search.ts'

export interface Reading {
  readonly id: string
  /** The stored point nearest to the place. */
  readonly x: number
  readonly value: number
  /** The smoothed curve there; null without smoothing. */
  readonly smooth: number | null
}

/** Pixels between a pointer and the curve it means, at most. */
const reach = 48

/** The stored point of a curve nearest to `x`; undefined beside its ends, where it says nothing. */
export function readingAt(curve: ChartCurve, x: number): Reading | undefined {
  const index = nearestIndex(curve.x, x)
  if (index === -1 || !reaches(curve.x, x)) return undefined
  const smoothIndex = nearestIndex(curve.smoothX, x)
  return {
    id: curve.id,
    x: curve.x[index]!,
    value: curve.y[index]!,
    smooth: smoothIndex === -1 ? null : curve.smoothY[smoothIndex]!,
  }
}

/** Whether `x` lies between the ends of a column, or no farther beside them than its last values lie apart. */
function reaches(column: Column, x: number): boolean {
  const [first, last] = [column[0]!, column.at(-1)!]
  const spacing = Math.max((last - first) / column.length, last - (column.at(-2) ?? last))
  return x >= first - spacing && x <= last + spacing
}

/** The curve whose line runs nearest to a place in pixels; null when none is near. */
export function nearestCurve(
  curves: readonly ChartCurve[],
  { x, y }: Viewport,
  at: { readonly x: number; readonly y: number },
): string | null {
  let [best, distance] = [null as string | null, reach]
  for (const curve of curves) {
    const away = Math.abs(heightAt(curve, x.value(at.x), y.at) - at.y)
    if (away < distance) [best, distance] = [curve.id, away]
  }
  return best
}

/** Height of the drawn line at `x`, between two points where it lies between two; NaN beside its ends. */
function heightAt(curve: ChartCurve, x: number, position: (value: number) => number): number {
  const smooth = curve.smoothX.length > 0
  const [xs, ys] = smooth ? [curve.smoothX, curve.smoothY] : [curve.x, curve.y]
  const after = lowerBound(xs, x)
  if (xs.length === 1) return position(ys[0]!)
  if (after === xs.length || (after === 0 && xs[0] !== x)) return Number.NaN
  if (after === 0) return position(ys[0]!)
  const [left, right] = [xs[after - 1]!, xs[after]!]
  const share = right === left ? 0 : (x - left) / (right - left)
  return position(ys[after - 1]!) * (1 - share) + position(ys[after]!) * share
}

/** The next stored point of a curve to one side of `x`. */
export function neighbour(curve: ChartCurve, x: number | null, direction: 1 | -1): number | undefined {
  if (x === null) return direction === 1 ? curve.x[0] : curve.x.at(-1)
  const index = nearestIndex(curve.x, x)
  for (let i = index; i >= 0 && i < curve.x.length; i += direction) {
    if ((curve.x[i]! - x) * direction > 0) return curve.x[i]
  }
  return undefined
}
