import fc from 'fast-check'
import { expect, test } from 'vitest'
import { padded, scaleOf, ticksOf } from './scale.ts'

const kinds = ['linear', 'log'] as const
const range = fc
  .tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: 1.01, max: 1e6, noNaN: true }))
  .map(([from, factor]) => [from, from * factor] as const)

test.each(kinds)('a %s scale goes there and back, and its ends are its ends', (kind) => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), ([from, to], share) => {
      const scale = scaleOf(kind, from, to, 300, 20)
      expect(scale.at(from)).toBeCloseTo(300, 6)
      expect(scale.at(to)).toBeCloseTo(20, 6)
      const value = from + (to - from) * share
      expect(scale.value(scale.at(value)) / value).toBeCloseTo(1, 6)
    }),
  )
})

test.each(kinds)('ticks of a %s axis are within it, ascending, and not too many', (kind) => {
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 12 }), ([from, to], count) => {
      const ticks = ticksOf(kind, from, to, count)
      expect(ticks.length).toBeLessThanOrEqual(3 * count + 1)
      for (const [i, tick] of ticks.entries()) {
        expect(tick).toBeGreaterThanOrEqual(from * (1 - 1e-6) - 1e-9)
        expect(tick).toBeLessThanOrEqual(to * (1 + 1e-6))
        if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1]!)
      }
    }),
  )
})

test('ticks are round numbers', () => {
  expect(ticksOf('linear', 0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(ticksOf('linear', -3, 9, 3)).toEqual([0, 5])
  expect(ticksOf('linear', 0, 120, 5)).toEqual([0, 20, 40, 60, 80, 100, 120])
  expect(ticksOf('log', 1, 1_000, 6)).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000])
  expect(ticksOf('log', 1e-8, 1e4, 4)).toEqual([1e-6, 1e-3, 1, 1e3])
})

test('what a logarithm does not have has no place', () => {
  const { at } = scaleOf('log', 1, 100, 0, 100)
  expect(at(-1)).toBeNaN()
  expect(Number.isFinite(at(0))).toBe(false)
})

test('a range of equal values gets some height', () => {
  for (const kind of kinds) {
    const [from, to] = padded(kind, 3, 3, 0.05)
    expect(from).toBeLessThan(3)
    expect(to).toBeGreaterThan(3)
  }
  expect(padded('linear', 0, 0, 0.05)[1]).toBeGreaterThan(0)
})
