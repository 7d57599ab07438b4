/** Options of a run that does not fit, against a total that is known. */
import { expect, test } from 'vitest'
import { StudioError } from '../errors.ts'
import { methods } from '../methods/index.ts'
import { trainingDefaults } from './defaults.ts'
import { memoryOptions } from './memory-options.ts'
import type { TrainingSettings } from './plan-fields.ts'

const settings = { ...trainingDefaults(methods.get('lora')!), batch: 8, length: 256 }

/** Weights of 1000 bytes in float32, and activations of one byte for each token; the fast profile adds 500. */
const totalOf = ({ batch, length, weights, profile, recompute }: TrainingSettings): number => {
  const base = { float32: 1000, '16-bit': 500, '8-bit': 250, '4-bit': 125 }[weights]
  return base + (batch * length) / (recompute === 'layers' ? 2 : 1) + (profile === 'fast' ? 500 : 0)
}

test('each kind of change is followed until the run fits, with the total that it comes to', () => {
  const options = memoryOptions(settings, 2100, totalOf)
  expect(options.map(({ words, totalBytes }) => [words, totalBytes])).toEqual([
    ['the low-memory profile', 3048],
    ['2 rows per step', 2012],
    ['64 tokens per row', 2012],
    ['recomputing whole layers', 2524],
    ['a 16-bit base', 3048],
    ['an 8-bit base', 2798],
    ['a 4-bit base', 2673],
  ])
  for (const { changes, totalBytes } of options) expect(totalOf({ ...settings, ...changes })).toBe(totalBytes)
})

test('where nothing is enough alone, all of it together is the last option', () => {
  const options = memoryOptions(settings, 400, totalOf)
  expect(options.find(({ words }) => words === '1 row per step')?.totalBytes).toBe(1756)
  expect(options.find(({ words }) => words === '32 tokens per row')?.totalBytes).toBe(1756)
  const last = options.at(-1)!
  expect(last.words).toBe('all of these together')
  expect(last.changes).toEqual({
    profile: 'low-memory',
    batch: 1,
    length: 32,
    recompute: 'layers',
    weights: '4-bit',
  })
  expect(last.totalBytes).toBe(125 + 16)
})

test('what a method refuses is no option', () => {
  const options = memoryOptions(settings, 2100, (changed) => {
    if (changed.weights.endsWith('bit') && changed.weights !== '16-bit')
      throw new StudioError('bad-config', 'It trains the weights.', 'Keep them.')
    return totalOf(changed)
  })
  expect(options.filter(({ changes }) => changes.weights).map(({ words }) => words)).toEqual([
    'a 16-bit base',
  ])
})
