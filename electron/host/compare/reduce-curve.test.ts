import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Buckets, bucketStart, bucketsFor, reduceCurve } from './reduce-curve.ts'

const y = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)
const point = fc.record({ gap: fc.oneof(fc.double({ min: 1e-6, max: 50, noNaN: true }), fc.constant(0)), y })

function columns(points: readonly { readonly gap: number; readonly y: number }[]) {
  let x = 0
  const xs = Float64Array.from(points, ({ gap }) => (x += gap))
  return { xs, ys: Float64Array.from(points, (one) => one.y) }
}

/** The definition, read off slowly: what must be kept of every bucket. */
function bruteForce(xs: Float64Array, ys: Float64Array, buckets: Buckets) {
  const groups = Map.groupBy(xs.keys(), (i) =>
    buckets.logarithmic && xs[i]! <= 0 ? 'none' : bucketStart(buckets, xs[i]!),
  )
  return [...groups.values()].map((places) => {
    const numbers = places.filter((i) => Number.isFinite(ys[i]!))
    return {
      least: Math.min(...numbers.map((i) => ys[i]!)),
      greatest: Math.max(...numbers.map((i) => ys[i]!)),
      numbers: numbers.length,
      first: places[0]!,
      last: places.at(-1)!,
      notNumber: places.find((i) => !Number.isFinite(ys[i]!)),
    }
  })
}

test.each([false, true])(
  'every bucket keeps its least and greatest value at their own places (log %s)',
  (logarithmic) => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (points, count) => {
        const { xs, ys } = columns(points)
        const from = logarithmic ? Math.max(xs[0] ?? 1, 1e-3) : 0
        const buckets = bucketsFor({ from, to: Math.max(xs.at(-1) ?? 1, from) }, count, logarithmic)
        const { kept, ends, notNumbers, reduced } = reduceCurve(xs, ys, buckets, null)
        const expected = bruteForce(xs, ys, buckets)
        expect([...ends]).toEqual(expected.map(({ last }) => last))
        expect([...notNumbers]).toEqual(expected.flatMap(({ notNumber }) => notNumber ?? []))
        expect(reduced).toBe(expected.some(({ numbers }) => numbers > 2))
        expect([...kept]).toEqual([...kept].sort((a, b) => a - b))
        for (const { first, last, numbers, least, greatest } of expected) {
          const inside = [...kept].filter((i) => i >= first && i <= last).map((i) => ys[i]!)
          expect(inside).toHaveLength(Math.min(2, Math.max(1, numbers)))
          if (numbers === 0) continue
          expect(Math.min(...inside)).toBe(least)
          expect(Math.max(...inside)).toBe(greatest)
        }
      }),
    )
  },
)

test('few points are all kept', () => {
  const xs = Float64Array.from({ length: 1_000 }, (_, i) => i + 1)
  const ys = xs.map((x) => Math.sin(x))
  const { kept, reduced } = reduceCurve(xs, ys, bucketsFor({ from: 1, to: 1_000 }, 600, false), null)
  expect(kept).toHaveLength(1_000)
  expect(reduced).toBe(false)
})

/** What a chart would draw of the first `length` steps of a noisy run. */
function drawn(length: number, wanted: number) {
  const xs = Float64Array.from({ length }, (_, i) => i + 1)
  const ys = xs.map((x) => 3 / Math.sqrt(x) + Math.sin(x * 12.9898) * 0.5)
  const { kept } = reduceCurve(xs, ys, bucketsFor({ from: 1, to: length }, wanted, false), null)
  return [...kept]
}

test('a growing run leaves what was drawn where it is', () => {
  let moved = 0
  let compared = 0
  for (let length = 20_000; length < 30_000; length += 200) {
    const [before, after] = [drawn(length, 500), drawn(length + 200, 500)]
    const still = new Set(after)
    // The last bucket is not full yet: it may change.
    const settled = before.filter((place) => place < length - 64)
    compared += settled.length
    moved += settled.filter((place) => !still.has(place)).length
  }
  expect(compared).toBeGreaterThan(30_000)
  expect(moved).toBe(0)
})

test('a doubled width joins buckets two and two', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.boolean(), (x, logarithmic) => {
      const narrow = { width: 2 ** -3, logarithmic }
      const wide = { width: 2 ** -2, logarithmic }
      const start = bucketStart(narrow, x)
      expect(start).toBeLessThanOrEqual(x)
      expect(bucketStart(wide, start)).toBe(bucketStart(wide, x))
    }),
  )
})

test('a part of an axis is whole buckets of the whole, with a point more at each side', () => {
  const xs = Float64Array.from({ length: 10_000 }, (_, i) => i + 1)
  const ys = xs.map((x) => Math.sin(x * 78.233))
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 9_000 }), fc.integer({ min: 10, max: 900 }), (from, length) => {
      const part = { from, to: from + length }
      const buckets = bucketsFor(part, 50, false)
      const whole = new Set(reduceCurve(xs, ys, buckets, null).kept)
      const { kept } = reduceCurve(xs, ys, buckets, part)
      const inner = kept.subarray(1, -1)
      expect([...inner].filter((place) => !whole.has(place))).toEqual([])
      expect(xs[kept[0]!]!).toBeLessThanOrEqual(from)
      expect(xs[kept.at(-1)!]!).toBeGreaterThanOrEqual(from + length)
    }),
  )
})
