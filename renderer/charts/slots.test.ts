import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignSlots, colours, slots, styleOf } from './slots.ts'

const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: slots })

test('no two runs of a view look alike, and colours are used up before dashes', () => {
  fc.assert(
    fc.property(ids, (runs) => {
      const given = assignSlots(runs)
      const looks = runs.map((id) => JSON.stringify(styleOf(given.get(id)!)))
      expect(new Set(looks).size).toBe(runs.length)
      const solid = [...given.values()].filter((slot) => slot < colours)
      expect(solid).toHaveLength(Math.min(colours, runs.length))
    }),
  )
})

test('a run that joins or leaves changes nobody else', () => {
  fc.assert(
    fc.property(ids, fc.nat(), fc.string({ minLength: 1 }), (runs, index, added) => {
      const before = assignSlots(runs)
      const without = runs.filter((_, i) => i !== index % Math.max(1, runs.length))
      const after = assignSlots([added, ...without.filter((id) => id !== added)], before)
      for (const id of without) expect(after.get(id)).toBe(before.get(id))
    }),
  )
})

test('a run alone looks the same in every view', () => {
  const alone = assignSlots(['20260823-141503-kfvt']).get('20260823-141503-kfvt')
  const [, second] = assignSlots(['20260823-141503-kfvt', 'zzz'])
  expect(assignSlots(['20260823-141503-kfvt', 'other']).get('20260823-141503-kfvt')).toBe(alone)
  expect(second).toBeDefined()
})
