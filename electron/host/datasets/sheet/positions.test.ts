/** Positions: any sequence of insertions keeps the order, and a place once given is never given again. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstPosition, positionsBetween } from './positions.ts'

const ordered = (list: readonly string[]) => list.every((text, i) => i === 0 || list[i - 1]! < text)

test('first positions are in order and leave room everywhere', () => {
  const list = [0, 1, 2, 61, 62, 3843, 3844, 999_999].map(firstPosition)
  expect(ordered(list)).toBe(true)
  for (const [i, text] of list.entries()) {
    const [between] = positionsBetween(text, list[i + 1] ?? null, 1)
    expect(text < between!).toBe(true)
    if (i + 1 < list.length) expect(between! < list[i + 1]!).toBe(true)
  }
})

test('whatever is inserted where, the list stays in order', () => {
  const insertions = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 40 })),
    {
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(fc.nat(5), insertions, (initial, steps) => {
      const list = Array.from({ length: initial }, (_, i) => firstPosition(i))
      for (const [where, count] of steps) {
        const at = Math.floor(where * list.length)
        list.splice(at, 0, ...positionsBetween(list[at - 1] ?? null, list[at] ?? null, count))
        expect(ordered(list)).toBe(true)
        expect(list.every((text) => /^[0-9A-Za-z]*[1-9A-Za-z]$/.test(text))).toBe(true)
      }
    }),
  )
})

test('rows added one by one at the end do not get longer positions', () => {
  let last = firstPosition(10)
  for (let i = 0; i < 2_000; i++) last = positionsBetween(last, null, 1)[0]!
  expect(last).toHaveLength(6)
})
