/** The generator: known values, fair bounds, streams that differ. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom, permutation } from './random.ts'

test('the same numbers for ever: runs are resumed by them', () => {
  const random = createRandom(42, 3)
  const first = [random.uint32(), random.uint32(), random.uint32()]
  expect(first).toMatchInlineSnapshot(`
    [
      3661953108,
      3070413854,
      2181870414,
    ]
  `)
})

test('bounds hold and are fair', () => {
  const random = createRandom(7)
  const counts = new Uint32Array(6)
  for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  for (let i = 0; i < 1000; i++) expect(random.float()).toBeLessThan(1)
})

test('a permutation has every number once', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), (count, seed) => {
      const order = permutation(count, createRandom(seed))
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    }),
  )
})

test('streams of one seed differ', () => {
  const firsts = Array.from({ length: 500 }, (_, epoch) => createRandom(1, epoch).uint32())
  expect(new Set(firsts).size).toBeGreaterThan(498)
})
