/** One test body for every TensorFlow.js backend: training on the golden models is held against the reference device. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../../adapters/adapter-folder.ts'
import { batchFromHuggingFace } from '../../data/hugging-face-batch.ts'
import { generate } from '../../generate/generator.ts'
import { type OpenModelOptions, openModel } from '../../models/load.ts'
import { cpu } from '../../testing/cpu.ts'
import { TrainingSession } from '../../train/session.ts'
import type { Device } from '../runtime.ts'
import type { Opened } from './suite.ts'

const golden = join(import.meta.dirname, '../../golden')

/** A golden adapter on its base model, with a batch to learn from. */
async function open(device: Device, base: string, name: string, options: OpenModelOptions = {}) {
  const loaded = await openModel(join(golden, base, 'base'), options)
  const adapter = await openAdapter(join(golden, base, name, 'adapter'))
  const { method, config, name: adapterName } = adapter
  const session = new TrainingSession({ device, loaded, method, config, adapterName, maxGradientNorm: 1 })
  const modules = loaded.sites.map((site) => site.module)
  await session.load(bindAdapter(adapter, session.trained, modules))
  const rows = JSON.parse(readFileSync(join(golden, base, 'batch.json'), 'utf8'))
  const virtualTokens = method.virtualTokens?.(config) ?? 0
  const batch = batchFromHuggingFace(rows, { virtualTokens, allLogits: false })
  const rates = { learningRate: 5e-3, weightDecay: 0.01 }
  return {
    session,
    step: async (step: number, micro = 1) =>
      (await session.step(Array(micro).fill(batch), { step, ...rates })).loss,
    evaluate: async () => (await session.evaluate(batch)) / batch.labelCount,
    async continued() {
      const source = { device, loaded, method, config, state: session.state, adapterName }
      const settings = { temperature: 0, topP: 1, maxTokens: 8, seed: 0, stopTokens: [] }
      const ids: number[] = []
      for await (const id of generate(source, [5, 3, 9, 2], settings)) ids.push(id)
      return ids
    },
  }
}

/** Losses, validation loss and written text are the reference device's, and no tensor is left behind. */
export function everyMethod({ tf, device }: Opened): void {
  for (const base of ['gpt2', 'llama'])
    for (const name of ['lora', 'ia3', 'prompt_tuning', 'adapter_pfeiffer'])
      test(`${name} on ${base}: 20 steps, evaluation and generation`, async () => {
        const empty = tf.memory().numTensors
        const [reference, found] = [await open(cpu, base, name), await open(device, base, name)]
        let tensors = 0
        for (let step = 1; step <= 20; step++) {
          const [expected, loss] = [await reference.step(step), await found.step(step)]
          expect(Math.abs(loss - expected), `step ${step}: ${loss}, not ${expected}`).toBeLessThan(1e-4)
          // The first step makes the programs and the tensors to go back to.
          if (step === 1) tensors = tf.memory().numTensors
          expect(tf.memory().numTensors, `tensors after step ${step}`).toBe(tensors)
        }
        expect(Math.abs((await found.evaluate()) - (await reference.evaluate()))).toBeLessThan(1e-4)
        expect(await found.continued()).toEqual(await reference.continued())
        await Promise.all([reference.session.dispose(), found.session.dispose()])
        expect(tf.memory().numTensors).toBe(empty)
      })

  test('an update is taken back, and a snapshot goes on where it was made', async () => {
    const [first, second] = [await open(device, 'llama', 'lora'), await open(device, 'llama', 'lora')]
    await first.step(1)
    const snapshot = await first.session.snapshot()
    const loss = await first.step(2)
    first.session.undo()
    expect(await first.session.snapshot()).toEqual(snapshot)
    expect(await first.step(2)).toBe(loss)
    await second.session.restore(snapshot)
    expect(await second.step(2)).toBe(loss)
    expect(await second.session.snapshot()).toEqual(await first.session.snapshot())
    // Micro batches collect their gradients in states of their own.
    expect(await first.step(3, 2)).toBe(await second.step(3, 2))
    await Promise.all([first.session.dispose(), second.session.dispose()])
  })

  test('sessions share the weights of their model', async () => {
    const empty = tf.memory().numTensors
    const one = await open(device, 'gpt2', 'lora')
    await one.step(1)
    const alone = tf.memory().numBytes
    const two = await open(device, 'gpt2', 'lora')
    const states = tf.memory().numBytes
    await two.step(1)
    // What the second step keeps is its new states and its constants.
    expect(tf.memory().numBytes - states).toBeLessThan(0.5 * alone)
    await one.session.dispose()
    expect(Number.isFinite(await two.step(2))).toBe(true)
    await two.session.dispose()
    expect(tf.memory().numTensors).toBe(empty)
  })
}

/** Frozen weights that are stored in fewer bits. */
export function everyWeightChoice({ device }: Opened): void {
  let cacheDir = ''
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'tensorflow-weights-'))
  })
  afterAll(() => rm(cacheDir, { recursive: true }))

  for (const base of ['gpt2', 'llama'])
    for (const weights of ['16-bit', '8-bit', '4-bit'] as const)
      test(`base weights in ${weights} on ${base}`, async () => {
        const options = { weights, cacheDir }
        const [reference, found] = [
          await open(cpu, base, 'lora', options),
          await open(device, base, 'lora', options),
        ]
        for (let step = 1; step <= 3; step++) {
          const [expected, loss] = [await reference.step(step), await found.step(step)]
          expect(Math.abs(loss - expected), `step ${step}: ${loss}, not ${expected}`).toBeLessThan(1e-4)
        }
        expect(await found.continued()).toEqual(await reference.continued())
        await Promise.all([reference.session.dispose(), found.session.dispose()])
      })
}
