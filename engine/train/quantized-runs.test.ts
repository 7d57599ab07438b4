/** Whole runs on a base in fewer bits: resumed, refused, and their adapters on the base as it was published. */
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../adapters/adapter-folder.ts'
import { openSafetensors } from '../files/safetensors.ts'
import { parseFields } from '../methods/fields.ts'
import { findMethod } from '../methods/index.ts'
import { openModel, outlineModel } from '../models/load.ts'
import { weightChoices } from '../models/weight-choices.ts'
import { cpu } from '../testing/cpu.ts'
import { collect, curve, evaluations, finished, tinyTraining } from '../testing/tiny-training.ts'
import { estimateRun } from './estimate.ts'
import { TrainingSession } from './session.ts'

const { plan } = tinyTraining()

describe('a run on a base in 4 bits', () => {
  test('learns, and its adapter belongs to the base in float32 as well', async () => {
    const made = plan({ weights: '4-bit', steps: 8, evaluateEvery: 8 })
    const events = await collect(made)
    const [last] = evaluations(events).slice(-1)
    expect(curve(events).at(-1)![1]).toBeLessThan(curve(events)[0]![1]!)
    const loaded = await openModel(made.model)
    const adapter = await openAdapter(finished(events).adapterPath!)
    const session = new TrainingSession({
      device: cpu,
      loaded,
      method: adapter.method,
      config: adapter.config,
    })
    const values = bindAdapter(
      adapter,
      session.trained,
      loaded.sites.map((site) => site.module),
    )
    for (const tensor of values.values())
      for (const x of tensor.data as Float32Array) expect(x).toSatisfy(Number.isFinite)
    await session.load(values)
    expect(last!.validationLoss).toBeLessThan(Number(startedBase(events)))
    await session.dispose()
  })

  test('says before its first step that the weights are copied, once for all runs on the model', async () => {
    const made = plan({ weights: '8-bit', steps: 1, evaluateEvery: 0 })
    const about = async (other = made) => {
      const events = await collect(other)
      const before = events.slice(
        0,
        events.findIndex(({ type }) => type === 'started'),
      )
      return before.flatMap((event) => (event.type === 'notice' ? [event.message] : []))
    }
    expect(await about()).toEqual([expect.stringMatching(/copied once in 8-bit \(\d+ MB\)/)])
    expect(await about({ ...made, out: `${made.out}-again` })).toEqual([])
  })

  test('goes on from a checkpoint to the same last bit, and only with the same weights', async () => {
    const whole = plan({ weights: '4-bit', steps: 6, checkpointEvery: 3, evaluateEvery: 0 })
    const uninterrupted = await collect(whole)
    const stop = new AbortController()
    const part = plan({ ...whole, out: `${whole.out}-part` })
    await collect(part, stop.signal, (event) => {
      if (event.type === 'step' && event.step === 3) stop.abort('suspend')
    })
    const resumed = await collect({ ...part, resume: 'latest' })
    expect(curve(resumed)).toEqual(curve(uninterrupted).slice(3))
    await expect(collect({ ...part, resume: 'latest', weights: '8-bit' })).rejects.toMatchObject({
      code: 'bad-argument',
    })
  })

  test.each(['4-bit', '8-bit'] as const)(
    'full fine-tuning of %s weights is refused with what to do',
    async (weights) => {
      await expect(collect(plan({ method: 'full', methodConfig: {}, weights }))).rejects.toMatchObject({
        code: 'bad-config',
        message: expect.stringContaining('cannot be trained'),
        hint: expect.stringContaining('float32'),
      })
    },
  )

  test('full fine-tuning of 16-bit weights trains in float32', async () => {
    const events = await collect(
      plan({ method: 'full', methodConfig: {}, weights: '16-bit', steps: 2, evaluateEvery: 0 }),
    )
    expect(curve(events)).toHaveLength(2)
  })
})

describe('sizes', () => {
  test('are those of the files that the weights are mapped from', async () => {
    const made = plan({})
    const outline = await outlineModel(made.model)
    const sizes = weightChoices(outline)
    expect(sizes.map(({ choice }) => choice)).toEqual(['float32', '16-bit', '8-bit', '4-bit'])
    expect(sizes.map(({ title }) => title)).toEqual(['float32', 'bfloat16', '8-bit', '4-bit'])
    expect(sizes[0]!.bytes).toBe(4 * outline.totalParameters)
    expect(sizes.map(({ bytes }) => bytes)).toEqual(sizes.map(({ bytes }) => bytes).toSorted((a, b) => b - a))
    for (const { choice, bytes } of sizes.slice(1)) {
      const cacheDir = join(made.cache, choice)
      await openModel(made.model, { cacheDir, weights: choice })
      const [name] = readdirSync(cacheDir).filter((file) => file.endsWith('.safetensors'))
      const copy = await openSafetensors(join(cacheDir, name!))
      // What is float32 in the model and in this form is mapped from the model itself.
      const inPlace = [...outline.parameters]
        .filter(([parameter]) => !copy.tensors.has(outline.storedName(parameter)!))
        .reduce((sum, [, shape]) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
      expect((await stat(copy.path)).size - copy.dataOffset + inPlace, choice).toBe(bytes)
    }
  })

  test('the estimate counts weights as they are kept, and their float32 form as results', async () => {
    const loaded = await outlineModel(plan({}).model)
    const method = findMethod('lora')
    const config = parseFields(method.title, method.fields, {})
    const of = (weights: '16-bit' | '4-bit' | 'float32') =>
      estimateRun(loaded, method, config, { rows: 1, length: 32 }, { weights, profile: 'low-memory' }).memory
    const sizes = new Map(weightChoices(loaded).map(({ choice, bytes }) => [choice, bytes]))
    for (const choice of ['float32', '16-bit', '4-bit'] as const) {
      // Blocks of bytes are rounded up to whole cache lines, which no tensor covers.
      expect(of(choice).weights / sizes.get(choice)!).toBeGreaterThan(0.98)
      expect(of(choice).weights).toBeLessThanOrEqual(sizes.get(choice)!)
    }
    expect(of('16-bit').activations).toBeGreaterThan(of('float32').activations)
    expect(of('4-bit').activations).toBeGreaterThan(of('float32').activations)
  })
})

function startedBase(events: Awaited<ReturnType<typeof collect>>): number | null {
  const [started] = events.filter((event) => event.type === 'started')
  return started?.type === 'started' ? started.baseValidationLoss : null
}
