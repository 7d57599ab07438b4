import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smoothed } from './smoothing.ts'

/** The definition: a weighted mean of everything so far, the weights falling by w from step to step. */
function definition(values: readonly number[], window: number, n: number): number {
  const weight = (window - 1) / (window + 1)
  const numbers = values.slice(0, n + 1).filter(Number.isFinite)
  const weights = numbers.map((_, i) => weight ** (numbers.length - 1 - i))
  const sum = weights.reduce((total, w) => total + w, 0)
  return weights.reduce((total, w, i) => total + w * numbers[i]!, 0) / sum
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
)

test('smoothing is the weighted mean of all values so far', () => {
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 80 }),
      fc.double({ min: 1, max: 500, noNaN: true }),
      (values, window) => {
        const result = smoothed(Float64Array.from(values), window)
        for (const [n, got] of result.entries()) {
          const expected = definition(values, window, n)
          if (Number.isNaN(expected)) expect(got).toBeNaN()
          else expect(Math.abs(got - expected)).toBeLessThan(1e-9)
        }
      },
    ),
  )
})

test('the start is not pulled towards 0, and a window of 1 changes nothing', () => {
  for (const value of smoothed(Float64Array.of(5, 5, 5), 1_000)) expect(value).toBeCloseTo(5, 12)
  expect([...smoothed(Float64Array.of(3, 1, 2), 1)]).toEqual([3, 1, 2])
})

test('values are as old on average as those of a moving average over the window', () => {
  const count = 20_000
  const ramp = Float64Array.from({ length: count }, (_, i) => i)
  for (const window of [2, 21, 201]) {
    const age = count - 1 - smoothed(ramp, window).at(-1)!
    expect(age).toBeCloseTo((window - 1) / 2, 6)
  }
})
