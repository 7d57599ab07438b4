import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrolled, scrollSpace } from './scroll-space.ts'

const view = 600

describe('rows higher than an element can be', () => {
  test('few rows are not stretched', () => {
    const space = scrollSpace(5_000 * 32)
    expect(space.height).toBe(160_000)
    expect(space.toRows(1_234)).toBe(1_234)
  })

  test('there and back again, in order, with exact ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16_000_000, max: 200_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const space = scrollSpace(total)
          const depth = share * total
          expect(space.height).toBeLessThanOrEqual(15_000_000)
          expect(space.toRows(space.toTop(depth))).toBeCloseTo(depth, 3)
          expect(space.toTop(depth)).toBeLessThanOrEqual(space.toTop(Math.min(total, depth + 1)))
          expect(space.toRows(0)).toBe(0)
          expect(space.toRows(space.height)).toBe(total)
        },
      ),
    )
  })

  test('a turn of the wheel moves the rows by as many pixels anywhere', () => {
    const total = 84_000_000
    const space = scrollSpace(total)
    const from = { depth: 40_000_000, top: space.toTop(40_000_000) }
    const after = scrolled(space, from, from.top + 100, total, view)
    expect(after.depth - from.depth).toBe(100)
  })

  test('a dragged bar goes where it points, and never beyond the last row', () => {
    const total = 84_000_000
    const space = scrollSpace(total)
    const start = { depth: 0, top: 0 }
    expect(scrolled(space, start, 7_500_000, total, view).depth).toBe(42_000_000)
    expect(scrolled(space, start, space.height, total, view).depth).toBe(total - view)
  })
})
