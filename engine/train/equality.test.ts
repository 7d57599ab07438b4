/** Packed equals padded: the same examples give the same loss and gradients, for every method and as Hugging Face does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../adapters/adapter-folder.ts'
import { allBatches } from '../data/batches/batch-at.ts'
import { makeBatches } from '../data/batches/batch-plan.ts'
import { tokenizedDataset } from '../data/batches/tokenized-dataset.ts'
import { openSafetensors, readAllTensors } from '../files/safetensors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { trainsAnything } from '../methods/attach.ts'
import { parseFields } from '../methods/fields.ts'
import { findMethod, methods } from '../methods/index.ts'
import { createRandom } from '../methods/random.ts'
import { openModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import { TrainingSession } from './session.ts'

const golden = join(import.meta.dirname, '../golden/loss')
const { examples, loss_with_lora, gradient_accumulation, adamw_trace } = JSON.parse(
  readFileSync(join(golden, 'loss.json'), 'utf8'),
) as {
  examples: { input_ids: number[]; labels: number[] }[]
  loss_with_lora: { padded: number }
  gradient_accumulation: { micro_batches: [number, number][]; sum: number }
  adamw_trace: { padded: number[] }
}
const dataset = tokenizedDataset(
  examples.map((e) => ({ ids: Int32Array.from(e.input_ids), labels: Int32Array.from(e.labels) })),
  'golden',
)
const tensors = await readAllTensors(await openSafetensors(join(golden, 'loss.safetensors')))

/** All three examples in one batch. */
function batch(packing: boolean, virtualTokens = 0) {
  const length = packing ? 32 + 3 * virtualTokens : 12 + virtualTokens
  const plan = makeBatches(dataset, {
    rows: packing ? 1 : 3,
    length,
    packing,
    virtualTokens,
    seed: 0,
    shuffle: false,
  })
  const [only, ...rest] = [...allBatches(plan)]
  expect(rest).toEqual([])
  return only!
}

function furthest(a: HostTensor, b: HostTensor): number {
  return (a.data as Float32Array).reduce((m, x, i) => Math.max(m, Math.abs(x - Number(b.data[i]))), 0)
}

const largest = (all: Iterable<HostTensor>): number =>
  Math.max(...[...all].map((t) => (t.data as Float32Array).reduce((m, x) => Math.max(m, Math.abs(x)), 0)))

async function goldenSession() {
  const loaded = await openModel(join(golden, 'base'))
  const adapter = await openAdapter(join(golden, 'adapter'))
  const session = new TrainingSession({ device: cpu, loaded, method: adapter.method, config: adapter.config })
  await session.load(bindAdapter(adapter, session.trained, []))
  return session
}

describe('against Hugging Face', () => {
  for (const packing of [false, true])
    test(packing ? 'packed' : 'padded', async () => {
      const session = await goldenSession()
      const { loss, gradients } = await session.gradients(batch(packing))
      expect(Math.abs(loss - loss_with_lora.padded)).toBeLessThan(1e-5)
      for (const [key, gradient] of gradients) {
        const name = key.replace(/\.weight$/, '.default.weight')
        expect(furthest(gradient, tensors.get(`padded.grad.${name}`)!), key).toBeLessThan(2e-5)
      }
      const trace: number[] = []
      for (let step = 1; step <= 3; step++)
        trace.push(
          (await session.step([batch(packing)], { step, learningRate: 1e-2, weightDecay: 0.01 })).loss,
        )
      trace.forEach((x, i) => {
        expect(Math.abs(x - adamw_trace.padded[i]!)).toBeLessThan(2e-5)
      })
      await session.dispose()
    })

  test('micro batches collect the gradient of the whole', async () => {
    const whole = await goldenSession()
    const parts = await goldenSession()
    const options = { step: 1, learningRate: 1e-2, weightDecay: 0.01 }
    const one = await whole.step([batch(true)], options)
    const micro = gradient_accumulation.micro_batches.map(([from, to]) => {
      const part = tokenizedDataset(
        examples
          .slice(from, to)
          .map((e) => ({ ids: Int32Array.from(e.input_ids), labels: Int32Array.from(e.labels) })),
        `${from}`,
      )
      return [
        ...allBatches(makeBatches(part, { rows: 1, length: 16, packing: true, seed: 0, shuffle: false })),
      ]
    })
    const many = await parts.step(micro.flat(), options)
    expect(Math.abs(many.loss - gradient_accumulation.sum)).toBeLessThan(1e-5)
    expect(many.gradientNorm).toBeCloseTo(one.gradientNorm, 5)
    const [a, b] = [await whole.values(), await parts.values()]
    for (const [key, tensor] of a) expect(furthest(tensor, b.get(key)!), key).toBeLessThan(1e-5)
    await Promise.all([whole.dispose(), parts.dispose()])
  })
})

describe('packed equals padded', () => {
  for (const base of ['llama', 'gpt2', 'qwen2'])
    for (const name of [...methods.values()].filter(trainsAnything).map((m) => m.name))
      test(`${name} on ${base}`, async () => {
        const loaded = await openModel(join(import.meta.dirname, '../golden', base, 'base'))
        const method = findMethod(name)
        const config = parseFields(
          name,
          method.fields,
          name === 'prompt-tuning' ? { num_virtual_tokens: 3 } : {},
        )
        const session = new TrainingSession({ device: cpu, loaded, method, config })
        await session.initialise(3)
        // Away from the start, where many gradients are zero.
        const random = createRandom(7)
        const values = await session.values()
        for (const tensor of values.values())
          for (let i = 0; i < tensor.data.length; i++)
            (tensor.data as Float32Array)[i]! += 0.05 * random.normal()
        await session.load(values)
        const virtualTokens = method.virtualTokens?.(config) ?? 0
        const padded = await session.gradients(batch(false, virtualTokens))
        const packed = await session.gradients(batch(true, virtualTokens))
        expect(Math.abs(packed.loss - padded.loss)).toBeLessThan(1e-5)
        const scale = largest(padded.gradients.values())
        expect(scale).toBeGreaterThan(0)
        for (const [key, gradient] of padded.gradients)
          expect(furthest(gradient, packed.gradients.get(key)!), key).toBeLessThan(1e-4 * scale)
        await session.dispose()
      })
})
