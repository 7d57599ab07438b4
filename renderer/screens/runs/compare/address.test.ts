import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idsOf, usualView, viewOf, viewParams } from './address.ts'
import { curveAxisKeys } from './axes.ts'

const view = fc.record({
  axis: fc.constantFrom(...curveAxisKeys),
  smoothing: fc.integer({ min: 1, max: 2_000 }),
  logX: fc.boolean(),
  logY: fc.boolean(),
  clipOutliers: fc.boolean(),
  groupBy: fc.option(fc.constantFrom('seed', 'methodConfig.r')),
  hidden: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
})

test('a view comes back from its address', () => {
  fc.assert(
    fc.property(view, (wanted) => {
      const params = viewParams(wanted)
      expect(viewOf((name) => params[name])).toEqual(wanted)
    }),
  )
})

test('the usual view needs no address, and nonsense is the usual view', () => {
  expect(Object.values(viewParams(usualView)).every((value) => value === undefined)).toBe(true)
  const nonsense: Record<string, string> = { axis: 'sideways', smooth: '-3', logx: 'yes', clip: 'no' }
  expect(viewOf((name) => nonsense[name])).toEqual(usualView)
  expect(idsOf('a,,b,a')).toEqual(['a', 'b'])
  expect(idsOf(undefined)).toEqual([])
})
