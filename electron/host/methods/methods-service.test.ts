/** The methods service against the engine itself, real trainer processes and files opened again. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultsOf } from '../../../engine/methods/fields.ts'
import { findMethod, methods as registry } from '../../../engine/methods/index.ts'
import { openModel } from '../../../engine/models/load.ts'
import { REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import { estimateRun } from '../../../engine/train/estimate.ts'
import { measurementSchema } from '../../contract/devices.ts'
import type { JobRecord } from '../../contract/jobs.ts'
import type { Jobs } from '../jobs.ts'
import { methodViews, trainingFieldViews } from './descriptions.ts'
import { Presets } from './presets.ts'
import { choiceOf, methodsHost } from './testing/methods-host.ts'

const tiny = join(import.meta.dirname, '../../../resources/models/studio-tiny')

async function outcome(jobs: Jobs, { id }: JobRecord): Promise<JobRecord> {
  let last: JobRecord | undefined
  for await (const record of jobs.watch(id, undefined)) last = record
  return last!
}

describe('descriptions', () => {
  test('every registered method has a card and a form with all of its fields', () => {
    const views = methodViews()
    expect(views.map((view) => view.name)).toEqual([...registry.keys()])
    for (const view of views) {
      const { fields } = findMethod(view.name)
      expect(view.fields.map((field) => [field.key, field.label, field.default])).toEqual(
        Object.entries(fields).map(([key, field]) => [key, field.label, field.default]),
      )
      expect(view.abilities.find((a) => a.key === 'merge')?.has).toBe(findMethod(view.name).merges === true)
    }
  })

  test('defaults of the training follow the method and the steps', async () => {
    const value = async (method: string, steps: number | undefined, key: string) =>
      (await trainingFieldViews(method, { steps })).find((field) => field.key === key)?.default
    expect([
      await value('lora', undefined, 'learningRate'),
      await value('ia3', undefined, 'learningRate'),
    ]).toEqual([2e-3, 1e-2])
    expect([await value('lora', undefined, 'steps'), await value('lora', 1000, 'steps')]).toEqual([100, 100])
    expect([await value('lora', undefined, 'warmupSteps'), await value('lora', 1000, 'warmupSteps')]).toEqual(
      [5, 50],
    )
  })

  test('the field of the device offers those that can be had', async () => {
    const device = (await trainingFieldViews('lora', {})).find((field) => field.key === 'device')
    expect(device).toMatchObject({ type: 'choice', default: 'auto', group: 'Machine' })
    expect(device!.options!.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['auto', REFERENCE_DEVICE]),
    )
  })
})

describe('estimates', () => {
  test('are those of the engine, and their parts add up', async () => {
    const { methods } = await methodsHost()
    const loaded = await openModel(tiny)
    for (const [name, method] of registry) {
      const view = await methods.estimate(
        choiceOf(name, { training: { batch: 2, length: 128, profile: 'low-memory' } }),
      )
      const own = estimateRun(
        loaded,
        method,
        defaultsOf(method.fields),
        { rows: 2, length: 128 },
        {
          profile: 'low-memory',
          maxGradientNorm: 1,
        },
      )
      expect(view, name).toMatchObject({
        trainableParameters: own.trainableParameters,
        adapterBytes: own.adapterBytes,
        totalBytes: own.totalBytes,
        labels: { slots: 128, assumed: true },
      })
      expect(
        view.parts.reduce((sum, part) => sum + part.bytes, 0),
        name,
      ).toBe(own.totalBytes)
      expect(
        view.parts.every((part) => part.bytes >= 0),
        name,
      ).toBe(true)
    }
  })

  test('are measured against the limit in the settings', async () => {
    const { methods, settings } = await methodsHost()
    expect((await methods.estimate(choiceOf('lora'))).fits).toBe(true)
    await settings.change({ memoryLimitBytes: 256e6 })
    expect(await methods.estimate(choiceOf('lora'))).toMatchObject({
      fits: false,
      machine: { bytes: 256e6, limited: true },
    })
  })

  test('of those that wait the newest comes first, and one whose asker has gone is dropped', async () => {
    const { methods } = await methodsHost()
    await methods.estimate(choiceOf('lora'))
    const order: number[] = []
    const ask = async (r: number, signal?: AbortSignal) => {
      await methods.estimate(choiceOf('lora', { methodConfig: { r } }), undefined, signal)
      order.push(r)
    }
    const gone = new AbortController()
    const asked = [ask(1), ask(2), ask(3, gone.signal), ask(4)]
    gone.abort()
    const results = await Promise.allSettled(asked)
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(order.at(-1)).toBe(2)
    expect(order).toHaveLength(3)
  })

  test('settings that training would refuse are refused with its words', async () => {
    const { methods } = await methodsHost()
    await expect(methods.estimate(choiceOf('lora', { methodConfig: { r: 0 } }))).rejects.toMatchObject({
      code: 'bad-config',
    })
    await expect(methods.estimate(choiceOf('lora', { modelId: 'nowhere' }))).rejects.toMatchObject({
      code: 'not-found',
    })
    // The thread lives on.
    expect((await methods.estimate(choiceOf('lora'))).trainableParameters).toBe(30_720)
  })
})

test('the layout is that of a run: batches, labels, what is cut', async () => {
  const { methods } = await methodsHost()
  const layout = await methods.layout(choiceOf('lora'))
  expect(layout).toMatchObject({ examples: 1200, validationExamples: 200, truncated: 0, notices: [] })
  expect(layout.epochs).toBeCloseTo(100 / layout.batchesPerEpoch)
  const short = await methods.layout(choiceOf('prompt-tuning', { training: { length: layout.longest + 10 } }))
  expect(short.longest).toBe(layout.longest + 20)
  expect(short.truncated).toBeGreaterThan(0)
  expect(short.notices[0]).toMatch(/are longer than \d+ tokens and were cut/)
})

test('modules that a field may name are those of the model', async () => {
  const { methods } = await methodsHost()
  const { layers, modules, usual } = await methods.moduleNames(choiceOf('lora'))
  expect(layers).toBe(6)
  expect(usual).toEqual({ target_modules: ['q_proj', 'v_proj'] })
  expect(modules.find((m) => m.name === 'q_proj')).toEqual({
    name: 'q_proj',
    kind: 'linear',
    count: 6,
    target: true,
  })
  expect(modules.find((m) => m.name === 'norm')?.target).toBe(false)
  const { groups } = await methods.drawing(
    choiceOf('lora', { methodConfig: { target_modules: ['gate_proj'] } }),
  )
  expect(groups.flatMap((g) => g.sites.filter((s) => s.trained.length > 0).map((s) => s.name))).toEqual([
    'mlp.gate_proj',
  ])
})

describe('probes', () => {
  test('measure two real steps once; the same choice is then known', async () => {
    const { methods, jobs } = await methodsHost()
    const choice = choiceOf('ia3', { training: { batch: 1, length: 64, steps: 1000 } })
    expect(await methods.measured(choice)).toBe(null)
    const { state, result } = await outcome(jobs, await methods.probe(choice, false))
    expect(state).toBe('done')
    const measurement = measurementSchema.parse(result)
    expect(measurement.millisecondsPerStep).toBeGreaterThan(0)
    expect(measurement.usefulTokensPerSecond).toBeGreaterThan(0)
    expect(measurement.peakMemoryBytes).toBeGreaterThan(50e6)
    expect(measurement.disturbed).toBe(false)
    const known = await methods.measured(choice)
    expect(known?.measurement).toEqual(measurement)
    expect(known!.runSeconds).toBeGreaterThan(measurement.millisecondsPerStep)
    expect((await outcome(jobs, await methods.probe(choice, false))).result).toEqual(measurement)
    // More steps take longer and are the same measurement; another shape is not.
    const twice = await methods.measured({ ...choice, training: { ...choice.training, steps: 2000 } })
    expect(twice!.runSeconds - known!.runSeconds).toBeCloseTo(measurement.millisecondsPerStep, 6)
    expect(await methods.measured({ ...choice, training: { batch: 1, length: 65 } })).toBe(null)
    expect(await methods.measured({ ...choice, method: 'lora' })).toBe(null)
  })

  test('can be cancelled while they run and while they wait', async () => {
    const { methods, jobs } = await methodsHost()
    const first = await methods.probe(choiceOf('lora'), false)
    const second = await methods.probe(choiceOf('dora'), false)
    jobs.cancel(second.id)
    expect((await outcome(jobs, second)).state).toBe('cancelled')
    jobs.cancel(first.id)
    expect((await outcome(jobs, first)).state).toBe('cancelled')
    expect(await methods.measured(choiceOf('lora'))).toBe(null)
  })

  test('fail with what training would say', async () => {
    const { methods, jobs } = await methodsHost()
    const { state, error } = await outcome(
      jobs,
      await methods.probe(choiceOf('lora', { training: { length: 4096 } }), false),
    )
    expect(state).toBe('failed')
    expect(error).toMatchObject({ code: 'bad-config', message: expect.stringContaining('4096') })
  })
})

test('advice names every method and follows the memory that may be used', async () => {
  const { methods } = await methodsHost()
  const { modelId, datasetVersionId } = choiceOf('lora')
  const advice = await methods.advise({ modelId, training: {}, rows: 500 })
  expect(new Set(advice.map((a) => a.method))).toEqual(new Set(registry.keys()))
  const narrow = await methods.advise({ modelId, training: { batch: 32 }, rows: 500, memoryBytes: 170e6 })
  expect(narrow.every((a) => a.verdict === 'excluded')).toBe(true)
  await expect(
    methods.advise({ modelId, training: {}, datasetVersionId: 'nothing@1' }),
  ).rejects.toMatchObject({
    code: 'not-found',
  })
  expect(datasetVersionId).toBe('builtin:pirate@1')
})

test('presets are kept in the data folder, replaced by name, and removed', async () => {
  const { methods, dataDir } = await methodsHost()
  const { presets } = methods
  const saved = await presets.save({
    method: 'lora',
    name: 'wide',
    methodConfig: { r: 64 },
    training: { steps: 9 },
  })
  await presets.save({ method: 'ia3', name: 'wide', methodConfig: {}, training: {} })
  const again = await presets.save({ method: 'lora', name: 'wide', methodConfig: { r: 32 }, training: {} })
  expect(again.id).toBe(saved.id)
  const reopened = new Presets(dataDir, () => {})
  expect((await reopened.list()).map((p) => [p.method, p.methodConfig])).toEqual([
    ['ia3', {}],
    ['lora', { r: 32 }],
  ])
  await reopened.remove(saved.id)
  expect(await new Presets(dataDir, () => {}).list()).toHaveLength(1)
  await expect(reopened.remove(saved.id)).rejects.toMatchObject({ code: 'not-found' })
})
