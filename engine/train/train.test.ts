/** Whole runs: determinism, resuming, stopping, keeping the best, and what happens when they go wrong. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAdapter } from '../adapters/adapter-folder.ts'
import { collect, curve, evaluations, finished, steps, tinyTraining } from '../testing/tiny-training.ts'
import type { RunStarted, TrainEvent } from './events.ts'
import type { TrainPlan } from './plan.ts'

const { plan } = tinyTraining()

describe('a run', () => {
  test('learns, evaluates and leaves an adapter that loads', async () => {
    const events = await collect(plan({ steps: 30, learningRate: 0.02 }))
    const started = events[0] as RunStarted
    expect(started).toMatchObject({ type: 'started', steps: 30, resumedFrom: 0, device: 'cpu' })
    const end = finished(events)
    expect(end.reason).toBe('completed')
    expect(end.validationLoss!).toBeLessThan(started.baseValidationLoss! - 0.1)
    const adapter = await openAdapter(end.adapterPath)
    expect(adapter.method.name).toBe('lora')
    const numbers = [...adapter.tensors.values()].reduce((sum, t) => sum + t.data.length, 0)
    expect(numbers).toBe(started.trainableParameters)
  })

  for (const changes of [
    {},
    { methodConfig: { lora_dropout: 0.3 } },
    { gradientAccumulation: 3 },
    { method: 'prompt-tuning', methodConfig: { num_virtual_tokens: 4 } },
    { method: 'full', learningRate: 1e-3 },
  ] as Partial<TrainPlan>[]) {
    const name = JSON.stringify(changes)
    test(`the same plan gives the same losses to the last bit: ${name}`, async () => {
      const [a, b] = [await collect(plan(changes)), await collect(plan(changes))]
      expect(curve(b)).toEqual(curve(a))
      expect(finished(b).validationLoss).toBe(finished(a).validationLoss)
    })

    test(`stopped and resumed equals uninterrupted: ${name}`, async () => {
      const whole = await collect(plan(changes))
      const of = plan(changes)
      const abort = new AbortController()
      const first = await collect(of, abort.signal, (e) => {
        if (e.type === 'step' && e.step === 4) abort.abort('keep')
      })
      expect(finished(first)).toMatchObject({ reason: 'cancelled', step: 4 })
      const second = await collect({ ...of, resume: 'latest' })
      expect(second[0]).toMatchObject({ resumedFrom: 4 })
      expect([...curve(first), ...curve(second)]).toEqual(curve(whole))
      expect(evaluations(second).map((e) => e.validationLoss)).toEqual(
        evaluations(whole)
          .filter((e) => e.step > 4)
          .map((e) => e.validationLoss),
      )
      const read = (events: TrainEvent[], file: string) => readFile(join(finished(events).adapterPath, file))
      const file = of.method === 'full' ? 'model.safetensors' : 'adapter_model.safetensors'
      expect((await read(second, file)).equals(await read(whole, file))).toBe(true)
    })
  }

  test('dropout changes the training and nothing else', async () => {
    const [plain, dropped] = [
      await collect(plan()),
      await collect(plan({ methodConfig: { lora_dropout: 0.5 } })),
    ]
    expect(steps(dropped)[3]!.loss).not.toBe(steps(plain)[3]!.loss)
    expect((dropped[0] as RunStarted).baseValidationLoss).toBe((plain[0] as RunStarted).baseValidationLoss)
  })

  test('stops early and ends with the best values', async () => {
    const events = await collect(
      plan({ steps: 60, learningRate: 0.5, schedule: 'constant', patience: 2, evaluateEvery: 1 }),
    )
    const end = finished(events)
    expect(end.reason).toBe('early-stopping')
    expect(end.step).toBeLessThan(60)
    expect(end.validationLoss).toBe(Math.min(...evaluations(events).map((e) => e.validationLoss)))
  })

  test('discarding leaves no checkpoint and no adapter', async () => {
    const of = plan()
    const abort = new AbortController()
    const running = collect(of, abort.signal, (e) => {
      if (e.type === 'step' && e.step === 4) abort.abort('discard')
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await expect(readFile(join(of.out, 'adapter/adapter_config.json'))).rejects.toThrow()
  })

  test('a loss that is no number stops the run, says why, and keeps the last good state', async () => {
    const of = plan({
      method: 'full',
      learningRate: 1e38,
      schedule: 'constant',
      warmupSteps: 0,
      maxGradientNorm: null,
    })
    const events: TrainEvent[] = []
    const running = collect(of, undefined, (e) => events.push(e))
    await expect(running).rejects.toMatchObject({
      code: 'diverged',
      hint: expect.stringContaining('learning rate'),
    })
    const saved = events.findLast((e) => e.type === 'checkpoint')
    expect(saved).toBeDefined()
  })
})

describe('refused before anything is trained', () => {
  const refused: [string, Partial<TrainPlan>, string][] = [
    ['an unknown method', { method: 'magic' }, 'no method called'],
    [
      'modules that do not exist',
      { methodConfig: { target_modules: ['nothing'] } },
      'nothing of this model would be trained',
    ],
    [
      'a module of a kind the method has no rule for',
      { method: 'dora', methodConfig: { target_modules: ['embed_tokens', 'q_proj'] } },
      'cannot be attached to model.embed_tokens',
    ],
    ['rows longer than the context', { length: 4096 }, 'longer than the'],
    ['a missing model', { model: '/nowhere' }, '/nowhere'],
  ]
  for (const [what, changes, sentence] of refused)
    test(what, async () => {
      const running = (async () => collect({ ...plan(), ...changes } as TrainPlan))()
      await expect(running).rejects.toThrow(sentence)
    })

  test('a checkpoint of other settings', async () => {
    const of = plan()
    await collect(of)
    await expect(collect({ ...of, learningRate: 0.5, resume: 'latest' })).rejects.toThrow(
      'belongs to another run',
    )
  })
})
