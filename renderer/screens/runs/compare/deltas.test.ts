import { expect, test } from 'vitest'
import type { SeedNoise } from '../../../../electron/contract/compare-table.ts'
import { deltaOf, isNoise } from './deltas.ts'

const loss = { format: 'loss', better: 'lower' } as const
const speed = { format: 'perSecond', better: 'higher' } as const

test('a lower loss is good, a lower speed is bad, and both point down', () => {
  expect(deltaOf(loss, 2.5, 3)).toMatchObject({ arrow: '▼', tone: 'good', text: '0.5000' })
  expect(deltaOf(speed, 90, 100)).toMatchObject({ arrow: '▼', tone: 'bad', text: '10 %' })
  expect(deltaOf(speed, 2_000, 100)).toMatchObject({ arrow: '▲', tone: 'good', text: '20×' })
  expect(deltaOf({ format: 'count', better: null }, 3, 2)).toMatchObject({ tone: 'neutral', text: '50 %' })
})

test('what is equal or not known has no difference', () => {
  expect(deltaOf(loss, 3, 3)).toBeUndefined()
  expect(deltaOf(loss, null, 3)).toBeUndefined()
  expect(deltaOf(loss, Number.NaN, 3)).toBeUndefined()
})

test('a difference that seeds alone make is neither good nor bad', () => {
  const noise: SeedNoise[] = [
    { figure: 'validationLoss', groups: [], deviation: 0.05, single: 0.2, pairs: [] },
  ]
  const judge = (difference: number) => isNoise(noise, 'validationLoss', difference)
  expect(deltaOf(loss, 2.9, 3, judge)).toMatchObject({ tone: 'neutral', withinNoise: true })
  expect(deltaOf(loss, 2.7, 3, judge)).toMatchObject({ tone: 'good', withinNoise: false })
  expect(isNoise([], 'validationLoss', 0.1)).toBe(false)
})
