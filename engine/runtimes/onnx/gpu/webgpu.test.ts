/** Training on WebGPU (SwiftShader where there is no card) against the reference device, and what stays on the device meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { float32 } from '../../../graph/host-tensor.ts'
import { input, state } from '../../../graph/value.ts'
import { trainsAnything } from '../../../methods/attach.ts'
import { methods } from '../../../methods/index.ts'
import { add, scale } from '../../../ops/arithmetic.ts'
import { expand } from '../../../ops/layout.ts'
import { reduceSum, sumAll } from '../../../ops/reduce.ts'
import { cpu } from '../../../testing/cpu.ts'
import {
  furthest,
  type GoldenTraining,
  goldenTraining,
  greedyTokens,
  losses,
  openGoldenSession,
} from '../../../testing/golden-training.ts'
import { isSwiftShader, NO_WEBGPU, openWebgpu } from '../../../testing/webgpu.ts'
import { modelGraph } from '../../../train/model-graph.ts'
import { trainingStep } from '../../../train/step-graph.ts'
import { placement } from '../placement.ts'

const opened = await openWebgpu()
// SwiftShader takes a second and more for a step of GPT-2; any other device goes through every method on three bases.
const four = ['lora', 'ia3', 'prompt-tuning', 'adapter']
const every = [...methods.values()].filter(trainsAnything).map(({ name }) => name)
const cases = (
  isSwiftShader()
    ? [
        { base: 'llama', steps: 20, names: four },
        { base: 'gpt2', steps: 6, names: four },
      ]
    : ['llama', 'gpt2', 'qwen2'].map((base) => ({ base, steps: 20, names: every }))
).flatMap(({ names, ...of }) => names.map((name) => ({ ...of, name })))

describe.skipIf(opened === undefined)(opened ? 'webgpu' : NO_WEBGPU, () => {
  const device = opened!
  afterAll(() => expect(device.buffers).toBe(0))

  /** Both devices do the same; the buffers that are held are the same from the second step on. */
  async function expectSame(of: GoldenTraining, steps: number): Promise<void> {
    const [ours, reference] = [await openGoldenSession(device, of), await openGoldenSession(cpu, of)]
    const first = await losses(ours, of.batch, 1, 2)
    const held = device.buffers
    const told = [...first, ...(await losses(ours, of.batch, 3, steps))]
    expect(device.buffers).toBe(held)
    const expected = await losses(reference, of.batch, 1, steps)
    expect(furthest(told, expected)).toBeLessThan(1e-4)
    // Otherwise nothing was learned and the comparison says nothing.
    expect(expected.at(-1)!).toBeLessThan(expected[0]! - 0.05)
    const sums = [await ours.evaluate(of.batch), await reference.evaluate(of.batch)]
    expect(Math.abs(sums[0]! - sums[1]!) / of.batch.labelCount).toBeLessThan(1e-4)
    expect(await greedyTokens(ours, of)).toEqual(await greedyTokens(reference, of))
    expect(device.buffers).toBe(held)
    await Promise.all([ours.dispose(), reference.dispose()])
    expect(device.buffers).toBe(0)
  }

  async function expectOnDevice({ loaded, method, config }: GoldenTraining): Promise<void> {
    const model = modelGraph(loaded, method, config, { rows: 1, length: 8, labelSlots: 4 }, true)
    const placed = await placement(trainingStep(model, { maxNorm: 1, together: true }).graph, device)
    expect(placed.length).toBeGreaterThan(100)
    expect(placed.filter(({ provider }) => provider !== 'WebGpuExecutionProvider')).toEqual([])
  }

  for (const { base, name, steps } of cases) {
    test(`${name} on ${base}: ${steps} steps, evaluation and generation as on the processor`, async () =>
      expectSame(await goldenTraining(base, name), steps))

    test(`${name} on ${base}: every node of a step runs on the device`, async () =>
      expectOnDevice(await goldenTraining(base, name)))
  }

  for (const weights of ['16-bit', '8-bit', '4-bit'] as const)
    test(`a base in ${weights} trains as on the processor, wholly on the device`, async () => {
      const cacheDir = await mkdtemp(join(tmpdir(), 'webgpu-'))
      const of = await goldenTraining('llama', 'lora', { weights, cacheDir })
      await expectOnDevice(of)
      await expectSame(of, 5)
      await rm(cacheDir, { recursive: true })
    })

  test('a run that goes on from a snapshot repeats the uninterrupted one to the last bit', async () => {
    const of = await goldenTraining('llama', 'lora')
    const [whole, again] = [await openGoldenSession(device, of), await openGoldenSession(device, of)]
    await losses(whole, of.batch, 1, 3)
    const snapshot = await whole.snapshot()
    const rest = await losses(whole, of.batch, 4, 6)
    await again.restore(snapshot)
    expect(await losses(again, of.batch, 4, 6)).toEqual(rest)
    await Promise.all([whole.dispose(), again.dispose()])
  })

  test('an update is taken back', async () => {
    const of = await goldenTraining('gpt2', 'ia3')
    const session = await openGoldenSession(device, of)
    await losses(session, of.batch, 1, 2)
    const before = await session.snapshot()
    await losses(session, of.batch, 3, 3)
    session.undo()
    expect(await session.snapshot()).toEqual(before)
    await session.dispose()
  })

  test('gradients of micro batches are collected on the device', async () => {
    const of = await goldenTraining('gpt2', 'lora')
    const told = { webgpu: [] as number[], cpu: [] as number[] }
    for (const [on, results] of [[device, told.webgpu] as const, [cpu, told.cpu] as const]) {
      const session = await openGoldenSession(on, of)
      for (let step = 1; step <= 3; step++) {
        const options = { step, learningRate: 1e-2, weightDecay: 0.01 }
        const { loss, gradientNorm } = await session.step([of.batch, of.batch], options)
        results.push(loss, gradientNorm)
      }
      await session.dispose()
    }
    expect(furthest(told.webgpu, told.cpu)).toBeLessThan(1e-4)
  })

  test('tensors outlive the program that made them', async () => {
    const p = state('p', { dtype: 'float32', shape: [3] })
    const graph = { outputs: { sum: sumAll(p) }, updates: [{ state: p, value: scale(p, 2) }] }
    const program = await device.compile(graph)
    const kept = device.createState()
    await kept.write('p', float32([3], Float32Array.of(1, 2, 3)))
    await program.run({}, kept)
    await program.dispose()
    expect([...(await kept.read('p')).data]).toEqual([2, 4, 6])
    kept.dispose()
  })

  // SwiftShader's buffers end at 1 GiB; a card may hold what is asked for here.
  test.skipIf(!isSwiftShader())('what does not fit is said, and the device goes on', async () => {
    const x = input('x', { dtype: 'float32', shape: [1, 1] })
    const sumOf = (rows: number, columns: number) =>
      device.compile({
        outputs: { sum: reduceSum(expand(add(x, x), [rows, columns]), [0, 1]) },
        updates: [],
      })
    const feeds = { x: float32([1, 1], Float32Array.of(0.5)) }
    const none = device.createState()
    const tooMuch = await sumOf(65535, 32768)
    await expect(tooMuch.run(feeds, none)).rejects.toMatchObject({
      code: 'device',
      message: expect.stringContaining('ran out of memory'),
      hint: expect.stringContaining('fewer rows'),
    })
    const small = await sumOf(2, 32768)
    expect((await small.run(feeds, none)).sum!.data[0]).toBe(65536)
    await Promise.all([tooMuch.dispose(), small.dispose()])
  })
})
