import { expect, test } from 'vitest'
import { type ChartCurve, emptyColumn } from './curve.ts'
import { nearestCurve, neighbour, readingAt } from './curve-reading.ts'
import { scaleOf } from './scale.ts'
import { covering, lowerBound, nearestIndex } from './search.ts'
import { styleOf } from './slots.ts'

const viewport = {
  box: { left: 0, top: 0, width: 100, height: 100 },
  x: scaleOf('linear', 0, 10, 0, 100),
  y: scaleOf('linear', 0, 10, 100, 0),
}

function flat(id: string, height: number, changes: Partial<ChartCurve> = {}): ChartCurve {
  return {
    id,
    label: id,
    style: styleOf(0),
    x: Float64Array.of(0, 4, 10),
    y: Float64Array.of(height, height, height),
    smoothX: emptyColumn,
    smoothY: emptyColumn,
    notNumberX: emptyColumn,
    ...changes,
  }
}

test('the pointer means the line that runs nearest, between its points too', () => {
  const curves = [flat('low', 2), flat('high', 8)]
  expect(nearestCurve(curves, viewport, { x: 70, y: 75 })).toBe('low')
  expect(nearestCurve(curves, viewport, { x: 70, y: 25 })).toBe('high')
  const ended = flat('ended', 5, { x: Float64Array.of(0, 1, 2) })
  expect(nearestCurve([ended], viewport, { x: 90, y: 50 })).toBeNull()
  const smooth = flat('smooth', 2, { smoothX: Float64Array.of(0, 10), smoothY: Float64Array.of(9, 9) })
  expect(nearestCurve([smooth], viewport, { x: 50, y: 12 })).toBe('smooth')
})

test('a reading is a stored point', () => {
  const curve = flat('a', 3, { smoothX: Float64Array.of(0, 10), smoothY: Float64Array.of(1, 2) })
  expect(readingAt(curve, 4.6)).toEqual({ id: 'a', x: 4, value: 3, smooth: 1 })
  expect(readingAt(curve, 12)?.x).toBe(10)
  expect(readingAt(curve, 40)).toBeUndefined()
  expect(readingAt(flat('b', 1, { x: emptyColumn, y: emptyColumn }), 3)).toBeUndefined()
})

test('arrow keys go from stored point to stored point', () => {
  const curve = flat('a', 1)
  expect(neighbour(curve, null, 1)).toBe(0)
  expect(neighbour(curve, 4, 1)).toBe(10)
  expect(neighbour(curve, 4.7, -1)).toBe(4)
  expect(neighbour(curve, 10, 1)).toBeUndefined()
})

test('searching finds what a scan would', () => {
  const column = Float64Array.of(1, 1, 2, 5, 9)
  for (let value = 0; value < 10; value += 0.25) {
    const first = column.findIndex((one) => one >= value)
    expect(lowerBound(column, value)).toBe(first === -1 ? column.length : first)
    const distances = [...column].map((one) => Math.abs(one - value))
    expect(distances[nearestIndex(column, value)]).toBe(Math.min(...distances))
  }
  expect(covering(column, 2, 5)).toEqual([1, 5])
  expect(nearestIndex([], 1)).toBe(-1)
})
