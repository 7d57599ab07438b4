import { expect, test } from 'vitest'
import { type ChartCurve, emptyColumn } from './curve.ts'
import { curveLayers, edgeMarks, lineTrace, notNumberMarks, type Viewport } from './curve-layers.ts'
import { pathData } from './figure-svg.ts'
import { scaleOf } from './scale.ts'
import { styleOf } from './slots.ts'

const box = { left: 0, top: 0, width: 100, height: 100 }
const viewport: Viewport = {
  box,
  x: scaleOf('linear', 0, 10, 0, 100),
  y: scaleOf('linear', 0, 10, 100, 0),
}

function curve(changes: Partial<ChartCurve> = {}): ChartCurve {
  return {
    id: 'a',
    label: 'A',
    style: styleOf(0),
    x: Float64Array.of(0, 5, 10),
    y: Float64Array.of(0, 10, 5),
    smoothX: emptyColumn,
    smoothY: emptyColumn,
    notNumberX: emptyColumn,
    ...changes,
  }
}

test('a line goes through its values, and is lifted where there is none', () => {
  const xs = Float64Array.of(0, 2, 4, 6, 8)
  const ys = Float64Array.of(1, 2, Number.NaN, 3, 4)
  expect(pathData(lineTrace(xs, ys, viewport))).toBe('M0 90L20 80M60 70L80 60')
})

test('only points in view and one at each side are drawn', () => {
  const xs = Float64Array.from({ length: 1_000 }, (_, i) => i)
  const path = pathData(lineTrace(xs, xs, viewport))
  expect(path.match(/[ML]/g)).toHaveLength(12)
})

test('raw values stand faint behind the smoothed line; the nearest curve is bold and last', () => {
  const smooth = curve({ smoothX: Float64Array.of(0, 10), smoothY: Float64Array.of(1, 2) })
  const [raw, line] = curveLayers([smooth], viewport, null)
  expect([raw?.alpha, line?.alpha]).toEqual([0.25, 1])
  const layers = curveLayers([curve({ id: 'b' }), curve({ id: 'a' })], viewport, 'b')
  expect(layers.map(({ width }) => width)).toEqual([1.5, 2.75])
})

test('a band is closed around stretches that have a spread', () => {
  const band = {
    x: Float64Array.of(0, 1, 2, 3, 4),
    low: Float64Array.of(1, 1, Number.NaN, 1, 1),
    high: Float64Array.of(2, 2, Number.NaN, 2, 2),
  }
  const [fill] = curveLayers([curve({ band })], viewport, null)
  expect(pathData(fill!.trace)).toBe('M0 80L10 80L10 90L0 90ZM30 80L40 80L40 90L30 90Z')
})

test('values beyond the range are marked at the edge, close ones once', () => {
  const xs = Float64Array.of(1, 1.1, 5, 9)
  const range = { from: 0, to: 10, above: 3, below: 1, notPositive: 0 }
  const beyond = curve({ x: xs, y: Float64Array.of(99, 98, 97, -4) })
  const [up, down] = edgeMarks([beyond], viewport, range)
  expect(pathData(up!.trace).match(/M/g)).toHaveLength(2)
  expect(pathData(down!.trace).match(/M/g)).toHaveLength(1)
  expect(edgeMarks([beyond], viewport, { ...range, above: 0, below: 0 })).toEqual([])
})

test('values that are no numbers are red ticks', () => {
  const [ticks] = notNumberMarks([curve({ notNumberX: Float64Array.of(2, 4, 40) })], viewport)
  expect(ticks?.stroke).toBe('--bad')
  expect(pathData(ticks!.trace)).toBe('M20 100L20 90M40 100L40 90')
})

test('few evaluations are dots, many steps are not', () => {
  expect(curveLayers([curve({ points: true })], viewport, null)).toHaveLength(2)
  expect(curveLayers([curve()], viewport, null)).toHaveLength(1)
  const alone = curve({ x: Float64Array.of(5), y: Float64Array.of(5) })
  expect(curveLayers([alone], viewport, null)).toHaveLength(2)
})
