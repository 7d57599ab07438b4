/** Small tensors that are updated together become what they become one by one. */
import { expect, test } from 'vitest'
import { reach, resultsOf } from '../graph/graph.ts'
import { state, type Value } from '../graph/value.ts'
import type { Device } from '../runtimes/runtime.ts'
import { cpu } from '../testing/cpu.ts'
import { type GoldenTraining, goldenTraining } from '../testing/golden-training.ts'
import { modelGraph } from './model-graph.ts'
import { parameters } from './parameters.ts'
import { TrainingSession } from './session.ts'
import { trainingStep } from './step-graph.ts'

const joining: Device = {
  id: 'joining',
  joinsUpdates: true,
  createState: () => cpu.createState(),
  compile: (graph, options) => cpu.compile(graph, options),
}

/** Everything that three updates leave, of one or of several micro batches each. */
async function trained(device: Device, of: GoldenTraining, microBatches: number, maxGradientNorm?: number) {
  const session = new TrainingSession({ device, ...of, maxGradientNorm })
  await session.initialise(1)
  const norms: number[] = []
  for (let step = 1; step <= 3; step++) {
    const batches = Array.from({ length: microBatches }, () => of.batch)
    const { gradientNorm } = await session.step(batches, { step, learningRate: 1e-2, weightDecay: 0.01 })
    norms.push(gradientNorm)
  }
  const snapshot = await session.snapshot()
  await session.dispose()
  return { snapshot, norms }
}

const methods = ['lora', 'ia3', 'adapter', 'full']

test.each(methods)('%s: joined updates are the separate ones to the last bit', async (name) => {
  const of = await goldenTraining('llama', name)
  for (const microBatches of [1, 2]) {
    const [together, alone] = [await trained(joining, of, microBatches), await trained(cpu, of, microBatches)]
    expect(together.snapshot.size).toBeGreaterThan(3)
    expect(together.snapshot).toEqual(alone.snapshot)
    // Its summands are added in another order.
    for (const [i, norm] of together.norms.entries()) expect(norm / alone.norms[i]!).toBeCloseTo(1, 5)
  }
})

test('they are clipped by the norm over all of them', async () => {
  const of = await goldenTraining('llama', 'lora')
  const [together, alone] = [await trained(joining, of, 1, 0.1), await trained(cpu, of, 1, 0.1)]
  expect(alone.norms[0]).toBeGreaterThan(0.1)
  for (const [name, { data }] of alone.snapshot)
    for (const [i, x] of together.snapshot.get(name)!.data.entries())
      expect(Number(x)).toBeCloseTo(Number(data[i]), 5)
})

test('a step has far fewer kernels so', async () => {
  const { loaded, method, config } = await goldenTraining('llama', 'lora')
  const model = modelGraph(loaded, method, config, { rows: 1, length: 8, labelSlots: 4 }, true)
  const [together, alone] = [true, false].map((joins) => {
    const { graph } = trainingStep(model, { maxNorm: 1, together: joins })
    return reach(resultsOf(graph)).nodes.filter(({ scope }) => scope === 'optimizer').length
  })
  expect(together).toBeLessThan(alone! / 2)
})

test('tensors are joined where they differ along their first axis alone, and not without end', () => {
  const tensor = (key: string, shape: readonly number[]) => {
    const value: Value = state(key, { dtype: 'float32', shape })
    return { key, value, gradient: value }
  }
  const shapes = [[4, 8], [2, 8], [8, 2], [5], [7], [], [], [1024, 1024], [1024, 1024]]
  const of = parameters(
    shapes.map((shape, i) => tensor(String(i), shape)),
    true,
  )
  expect(of.map(({ value }) => value.shape)).toEqual([
    [6, 8],
    [8, 2],
    [12],
    [],
    [],
    [1024, 1024],
    [1024, 1024],
  ])
  const many = Array.from({ length: 10 }, (_, i) => tensor(String(i), [1000, 1000]))
  expect(parameters(many, true).map(({ value }) => value.shape[0])).toEqual([4000, 4000, 2000])
})
