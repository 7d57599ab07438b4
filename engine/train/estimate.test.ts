/** Estimates against sizes known otherwise. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseFields } from '../methods/fields.ts'
import { findMethod } from '../methods/index.ts'
import { type LoadedModel, openModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import { estimateRun } from './estimate.ts'
import type { Recompute } from './recompute.ts'
import { TrainingSession } from './session.ts'

const base = join(import.meta.dirname, '../golden/llama/base')
const shape = { rows: 2, length: 16 }
let loaded: LoadedModel
beforeAll(async () => {
  loaded = await openModel(base)
})

const withDefaults = (name: string) => {
  const method = findMethod(name)
  return [method, parseFields(name, method.fields, {})] as const
}

describe('estimateRun', () => {
  test('sizes of the method are those of a session', () => {
    for (const name of ['lora', 'adapter', 'ia3', 'prompt-tuning', 'full']) {
      const [method, config] = withDefaults(name)
      const session = new TrainingSession({ device: cpu, loaded, method, config })
      const { trainableParameters, totalParameters, memory } = estimateRun(loaded, method, config, shape)
      expect(trainableParameters, name).toBe(session.trainableParameters)
      expect(totalParameters, name).toBe(loaded.totalParameters + (name === 'full' ? 0 : trainableParameters))
      expect(memory.trained, name).toBe(4 * trainableParameters)
      expect(memory.optimizer, name).toBe(8 * trainableParameters)
      expect(memory.updates, name).toBe(12 * trainableParameters)
      expect(memory.otherStates, name).toBe(0)
    }
  })

  test('frozen weights are the file, without its header', async () => {
    const { size } = await stat(join(base, 'model.safetensors'))
    const { memory } = estimateRun(loaded, ...withDefaults('lora'), shape)
    expect(memory.weights).toBe(4 * loaded.totalParameters)
    expect(memory.weights).toBeLessThan(size)
    expect(estimateRun(loaded, ...withDefaults('full'), shape).memory.weights).toBe(0)
  })

  test('activations grow with the batch and shrink by recomputation', () => {
    const of = (rows: number, recompute: Recompute = 'none') =>
      estimateRun(loaded, ...withDefaults('lora'), { rows, length: 32 }, { recompute }).memory.activations
    expect(of(4) / of(2)).toBeCloseTo(2, 1)
    expect(of(2, 'layers')).toBeLessThan(0.9 * of(2))
    expect(of(2, 'attention')).toBeLessThan(of(2))
  })

  test('accumulation keeps sums of gradients', () => {
    const lora = withDefaults('lora')
    const one = estimateRun(loaded, ...lora, shape)
    const four = estimateRun(loaded, ...lora, shape, { gradientAccumulation: 4 })
    expect(one.memory.gradients).toBe(0)
    expect(four.memory.gradients).toBe(4 * four.trainableParameters)
    expect(four.memory.updates).toBe(one.memory.updates + four.memory.gradients)
    expect(four.memory.optimizer).toBe(one.memory.optimizer)
  })

  test('fits, or not; the low-memory profile has no packed weights', () => {
    const lora = withDefaults('lora')
    const fast = estimateRun(loaded, ...lora, shape, { memoryBytes: 1000 })
    const low = estimateRun(loaded, ...lora, shape, {
      profile: 'low-memory',
      recompute: 'none',
      memoryBytes: 2 ** 30,
    })
    expect([fast.fits, low.fits]).toEqual([false, true])
    expect(fast.totalBytes - low.totalBytes).toBe(fast.memory.packedWeights)
    expect(estimateRun(loaded, ...lora, shape)).not.toHaveProperty('fits')
  })
})
