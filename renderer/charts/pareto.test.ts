import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathData } from './figure-svg.ts'
import { frontierItems, frontierOf, labelsOf, type ParetoAxis, paretoFrame } from './pareto.ts'
import { styleOf } from './slots.ts'

const axis = (better: 'lower' | 'higher'): ParetoAxis => ({
  label: '',
  format: 'count',
  better,
  kind: 'linear',
})
const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pairs) => pairs.map(([x, y], i) => ({ id: String(i), label: '', style: styleOf(i), x, y })))
const direction = fc.constantFrom('lower', 'higher')

test('the frontier is what no other run beats, and everything else is beaten by it', () => {
  fc.assert(
    fc.property(points, direction, direction, (all, bx, by) => {
      const frontier = frontierOf(all, axis(bx), axis(by))
      const sign = (better: string) => (better === 'lower' ? 1 : -1)
      const beats = (a: { x: number; y: number }, b: { x: number; y: number }) => {
        const [dx, dy] = [(b.x - a.x) * sign(bx), (b.y - a.y) * sign(by)]
        return dx >= 0 && dy >= 0 && dx + dy > 0
      }
      for (const point of all) {
        const on = frontier.includes(point)
        expect(all.some((other) => beats(other, point))).toBe(!on)
        if (!on) expect(frontier.some((other) => beats(other, point))).toBe(true)
      }
      expect(frontier.map(({ x }) => x)).toEqual(frontier.map(({ x }) => x).sort((a, b) => a - b))
    }),
  )
})

test('its line turns where both figures are the worse ones', () => {
  const all = [
    { id: 'a', label: '', style: styleOf(0), x: 1, y: 9 },
    { id: 'b', label: '', style: styleOf(1), x: 9, y: 1 },
  ]
  const picture = { width: 400, height: 300, points: all, x: axis('lower'), y: axis('lower') }
  const frame = paretoFrame(picture)
  const [item] = frontierItems(picture, frame)
  const data = item?.kind === 'path' ? pathData(item.trace) : ''
  const [x, y] = [frame.x.at(9), frame.y.at(9)].map((value) => Math.round(value * 100) / 100)
  expect(data).toContain(`L${x} ${y}`)
})

test('no name lies over another, and none leaves the picture', () => {
  fc.assert(
    fc.property(points, (all) => {
      const named = all.map((point) => ({ ...point, label: `run number ${point.id}` }))
      const picture = { width: 400, height: 300, points: named, x: axis('lower'), y: axis('lower') }
      const labels = labelsOf(picture, paretoFrame(picture))
      expect(labels.length).toBeGreaterThan(0)
      const boxes = labels.map(({ x, y, text, anchor }) => {
        const length = text.length * 6
        return { from: anchor === 'start' ? x : x - length, to: anchor === 'start' ? x + length : x, y }
      })
      for (const [i, a] of boxes.entries()) {
        expect(a.to).toBeLessThanOrEqual(400)
        for (const b of boxes.slice(i + 1))
          expect(Math.abs(a.y - b.y) >= 11 || a.from >= b.to || b.from >= a.to).toBe(true)
      }
    }),
  )
})
