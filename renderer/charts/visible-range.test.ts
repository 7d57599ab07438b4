import { expect, test } from 'vitest'
import { horizontalRange, verticalRange } from './visible-range.ts'

const x = Float64Array.from({ length: 1_000 }, (_, i) => i)
const everything = { from: 0, to: 999 }
const noisy = x.map((i) => 2 + Math.sin(i) * 0.2)
const spiked = noisy.with(500, 400)

test('without clipping the range holds every value in view', () => {
  const range = verticalRange([{ x, y: spiked }], everything, { kind: 'linear', clip: false })!
  expect(range.to).toBeGreaterThan(400)
  expect(range.from).toBeLessThan(1.8)
  expect(range).toMatchObject({ above: 0, below: 0 })
})

test('a single spike is left out and counted; without it nothing changes', () => {
  const clipped = verticalRange([{ x, y: spiked }], everything, { kind: 'linear', clip: true })!
  expect(clipped.to).toBeLessThan(3.5)
  expect(clipped).toMatchObject({ above: 1, below: 0 })
  const calm = [{ x, y: noisy }]
  expect(verticalRange(calm, everything, { kind: 'linear', clip: true })).toEqual(
    verticalRange(calm, everything, { kind: 'linear', clip: false }),
  )
})

test('a loss that falls to a quarter is not an outlier', () => {
  const falling = x.map((i) => 2 + 8 * Math.exp(-i / 100))
  const range = verticalRange([{ x, y: falling }], everything, { kind: 'linear', clip: true })!
  expect(range.to).toBeGreaterThan(10)
  expect(range.above).toBe(0)
})

test('only what is in view counts', () => {
  const range = verticalRange([{ x, y: spiked }], { from: 0, to: 400 }, { kind: 'linear', clip: false })!
  expect(range.to).toBeLessThan(3)
  expect(
    verticalRange([{ x, y: x.map(() => Number.NaN) }], everything, { kind: 'linear', clip: true }),
  ).toBeNull()
})

test('values at and below 0 are counted on a logarithmic axis', () => {
  const y = noisy.with(3, 0).with(4, -1)
  const range = verticalRange([{ x, y }], everything, { kind: 'log', clip: true })!
  expect(range.from).toBeGreaterThan(0)
  expect(range.notPositive).toBe(2)
  const none = verticalRange([{ x, y: x.map(() => -1) }], everything, { kind: 'log', clip: true })!
  expect(none.notPositive).toBe(1_000)
  expect(none.from).toBeGreaterThan(0)
})

test('a logarithmic x-axis begins at the first value above 0', () => {
  expect(horizontalRange([{ x }], everything, 'log')).toEqual({ from: 1, to: 999 })
  expect(horizontalRange([], everything, 'log').from).toBeGreaterThan(0)
  expect(horizontalRange([{ x }], { from: 5, to: 5 }, 'linear')).toEqual({ from: 4.5, to: 5.5 })
})
