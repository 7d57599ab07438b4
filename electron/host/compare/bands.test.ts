import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandGrid, bandOf, onGrid, spreadOf } from './bands.ts'
import { bucketsFor } from './reduce-curve.ts'

test('mean and deviation of curves over the same steps are those of each step', () => {
  const value = fc.double({ min: -10, max: 10, noNaN: true })
  const table = fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(table, (rows) => {
      const x = Float64Array.from(rows.keys(), (i) => i + 1)
      const lines = [0, 1, 2].map((run) => ({ x, y: Float64Array.from(rows, (row) => row[run]!) }))
      const grid = bandGrid({ width: 1, logarithmic: false }, { from: 1, to: rows.length })
      const { mean, low, high, runs } = bandOf(lines, grid)
      for (const [i, row] of rows.entries()) {
        const middle = (row[0] + row[1] + row[2]) / 3
        const deviation = Math.sqrt(row.reduce((sum, v) => sum + (v - middle) ** 2, 0) / 2)
        expect(runs[i]).toBe(3)
        expect(mean[i]).toBeCloseTo(middle, 9)
        expect(high[i]! - low[i]!).toBeCloseTo(2 * deviation, 9)
      }
    }),
  )
})

test('a curve that ended does not count behind its end, and one alone has no band', () => {
  const long = { x: Float64Array.of(1, 2, 3, 4), y: Float64Array.of(1, 1, 1, 1) }
  const short = { x: Float64Array.of(1, 2), y: Float64Array.of(3, 3) }
  const { mean, low, runs } = bandOf([long, short], Float64Array.of(1, 2, 3, 4))
  expect([...runs]).toEqual([2, 2, 1, 1])
  expect([...mean]).toEqual([2, 2, 1, 1])
  expect([...low].map(Number.isNaN)).toEqual([false, false, true, true])
})

test('between values lies the straight line; within a bucket their mean', () => {
  const line = { x: Float64Array.of(0, 10), y: Float64Array.of(0, 100) }
  expect([...onGrid(line, Float64Array.of(2.5, 5, 10, 12.5))]).toEqual([25, 50, 100, Number.NaN])
  const dense = { x: Float64Array.of(1, 2, 3, 4), y: Float64Array.of(1, 3, 5, 7) }
  expect([...onGrid(dense, Float64Array.of(2, 4))]).toEqual([2, 6])
})

test('the grid does not move while the axis grows', () => {
  const grid = (to: number) => bandGrid(bucketsFor({ from: 0, to: 9_000 }, 100, false), { from: 0, to })
  expect([...grid(8_000)].slice(0, -1)).toEqual([...grid(9_000)].slice(0, grid(8_000).length - 1))
})

test('spread of nothing, of one, of several', () => {
  expect(spreadOf([])).toEqual({ mean: null, deviation: null })
  expect(spreadOf([4])).toEqual({ mean: 4, deviation: null })
  expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7) })
})
