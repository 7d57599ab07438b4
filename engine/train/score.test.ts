/** The baseline without training: scored on the labels of the base, with what it shows in front of them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tinyTraining } from '../testing/tiny-training.ts'
import type { TrainEvent } from './events.ts'
import type { TrainPlan } from './plan.ts'
import { train } from './train.ts'

const tiny = tinyTraining()

async function scored(changes: Partial<TrainPlan>, signal = new AbortController().signal) {
  const plan = tiny.plan({ method: 'few-shot', ...changes })
  const events: TrainEvent[] = []
  for await (const event of train(plan, signal)) events.push(event)
  const find = <T extends TrainEvent['type']>(type: T) =>
    events.find((event): event is Extract<TrainEvent, { type: T }> => event.type === type)!
  return {
    plan,
    events,
    started: find('started'),
    evaluation: find('evaluation'),
    finished: find('finished'),
  }
}

test('without examples it is the base, to the last bit', async () => {
  const { started, evaluation, finished } = await scored({ methodConfig: { examples: 0 } })
  expect(started).toMatchObject({ trainableParameters: 0, steps: 0 })
  expect(evaluation).toMatchObject({ step: 0, validationLoss: started.baseValidationLoss, best: true })
  expect(finished).toMatchObject({ step: 0, reason: 'completed', validationLoss: started.baseValidationLoss })
})

test('with examples the loss is another, and the prompt is kept', async () => {
  const { plan, started, evaluation, finished, events } = await scored({
    methodConfig: { examples: 2 },
    length: 128,
  })
  expect(evaluation.validationLoss).not.toBe(started.baseValidationLoss)
  expect(Number.isFinite(evaluation.validationLoss)).toBe(true)
  expect(events.filter((event) => event.type === 'notice')).toEqual([])
  const prompt = JSON.parse(await readFile(join(plan.out, 'adapter', 'prompt.json'), 'utf8'))
  expect(prompt.examples.map(({ text }: { text: string }) => text)).toEqual([
    expect.stringMatching(/Say .*It is/s),
    expect.stringMatching(/Say .*It is/s),
  ])
  expect(finished.adapterBytes).toBeGreaterThan(100)
  const again = await scored({ methodConfig: { examples: 2 }, length: 128 })
  expect(again.evaluation.validationLoss).toBe(evaluation.validationLoss)
  const others = await scored({ methodConfig: { examples: 2, example_seed: 4 }, length: 128 })
  expect(others.evaluation.validationLoss).not.toBe(evaluation.validationLoss)
})

test('packing does not change the score', async () => {
  const [packed, padded] = [
    await scored({ methodConfig: { examples: 1 }, length: 128, packing: true }),
    await scored({ methodConfig: { examples: 1 }, length: 128, packing: false }),
  ]
  expect(packed.evaluation.validationLoss).toBeCloseTo(padded.evaluation.validationLoss, 4)
})

test('examples that do not fit are left out, and that is said', async () => {
  const { events } = await scored({ methodConfig: { examples: 40 } })
  const [notice] = events.filter((event) => event.type === 'notice')
  expect(notice?.message).toMatch(/have room for fewer than 40 examples before them in 64 tokens/)
})

test('without rows to score it is refused; stopped, it leaves no half score', async () => {
  const { data } = tiny.plan()
  await expect(scored({ data: { ...data, validationFraction: 0 } })).rejects.toMatchObject({
    code: 'bad-data',
  })
  const stop = new AbortController()
  const running = train(tiny.plan({ method: 'few-shot' }), stop.signal)
  await running.next()
  stop.abort('keep')
  await expect(running.next()).rejects.toMatchObject({ code: 'cancelled' })
})
