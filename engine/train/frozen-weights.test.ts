/** A base kept in 16, 8 or 4 bits computes and trains exactly like the float32 model of the same rounded weights. */
import { readdirSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchFromHuggingFace } from '../data/hugging-face-batch.ts'
import { openModelFolder } from '../files/model-folder.ts'
import { type Quantization, quantizedLayout } from '../files/quantize.ts'
import { openSafetensors, readTensor, readTensorBytes, writeSafetensors } from '../files/safetensors.ts'
import { generate } from '../generate/generator.ts'
import { float32, type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import { parseFields } from '../methods/fields.ts'
import { findMethod } from '../methods/index.ts'
import { initialise } from '../methods/initialise.ts'
import { type LoadedModel, openModel } from '../models/load.ts'
import type { WeightChoice } from '../models/weight-forms.ts'
import { cpu } from '../testing/cpu.ts'
import { TrainingSession } from './session.ts'

const golden = join(import.meta.dirname, '../golden')
const rows = (base: string) => JSON.parse(readFileSync(join(golden, base, 'batch.json'), 'utf8'))

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'weights-'))
})
afterAll(() => rm(root, { recursive: true }))

/** The definition of ONNX's DequantizeLinear, number by number: (x − zero point) · scale. */
function byDefinition(bytes: Uint8Array, shape: readonly number[], how: Quantization): Float32Array {
  const columns = shape.at(-1)!
  const { factors, integers, zeroPoints } = quantizedLayout(sizeOf(shape) / columns, columns, how)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const nibble = (at: number, i: number) =>
    Math.floor(view.getUint8(at + Math.floor(i / 2)) / (i % 2 === 0 ? 1 : 16)) % 16
  const whole = (at: number, i: number) => (how.bits === 8 ? view.getUint8(at + i) : nibble(at, i))
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const block = Math.floor(i / how.block)
    const scale = view.getFloat32(factors.offset + 4 * block, true)
    return (whole(integers.offset, i) - whole(zeroPoints.offset, block)) * scale
  })
}

/** A float32 model of what the copy in the cache folder holds. */
async function roundedModel(
  source: string,
  loaded: LoadedModel,
  cache: string,
  dir: string,
): Promise<string> {
  await mkdir(dir, { recursive: true })
  const { weights } = await openModelFolder(source)
  const [name] = readdirSync(cache).filter((file) => file.endsWith('.safetensors'))
  const copy = await openSafetensors(join(cache, name!))
  const original = await openSafetensors(join(source, 'model.safetensors'))
  const tensors = new Map<string, HostTensor>()
  for (const stored of weights.keys()) tensors.set(stored, await readTensor(original, stored))
  for (const parameter of loaded.parameters.keys()) {
    const stored = loaded.storedName(parameter)!
    if (!copy.tensors.has(stored)) continue
    const { shape } = weights.get(stored)!
    const form = loaded.form(parameter, loaded.weights)
    tensors.set(
      stored,
      form.kind === 'plain'
        ? await readTensor(copy, stored)
        : float32(shape, byDefinition(await readTensorBytes(copy, stored), shape, form.how)),
    )
  }
  await writeSafetensors(join(dir, 'model.safetensors'), tensors)
  await copyFile(join(source, 'config.json'), join(dir, 'config.json'))
  return dir
}

function difference(a: HostTensor, b: HostTensor): number {
  expect(a.shape).toEqual(b.shape)
  let worst = 0
  for (let i = 0; i < a.data.length; i++)
    worst = Math.max(worst, Math.abs(Number(a.data[i]) - Number(b.data[i])))
  return worst
}

const largest = (tensor: HostTensor): number =>
  (tensor.data as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** The methods of a base: those that read frozen weights in another way than LoRA need not meet every form of every base. */
const methodsOf = (base: string, choice: WeightChoice): string[] => [
  'lora',
  ...(choice === '8-bit' ? [] : ['dora']),
  ...(base === 'llama' && choice === '4-bit' ? ['ia3', 'prompt-tuning', 'adapter'] : []),
]

const changes: Readonly<Record<string, Record<string, unknown>>> = {
  lora: { target_modules: 'all-linear', r: 4, init_lora_weights: false },
  dora: { target_modules: 'all-linear', r: 2, init_lora_weights: false },
  ia3: {},
  'prompt-tuning': {},
  adapter: {},
}

async function open(loaded: LoadedModel, name: string, from: LoadedModel = loaded) {
  const method = findMethod(name)
  const config = parseFields(method.title, method.fields, changes[name]!)
  const session = new TrainingSession({ device: cpu, loaded, method, config })
  await session.load(await initialise(from, session.trained, 3))
  return { method, config, session, virtualTokens: method.virtualTokens?.(config) ?? 0 }
}

describe.each(['gpt2', 'llama', 'qwen2'])('%s', (base) => {
  const source = join(golden, base, 'base')
  describe.each(['16-bit', '8-bit', '4-bit'] as const)('in %s', (choice: WeightChoice) => {
    let kept: LoadedModel
    let plain: LoadedModel
    beforeAll(async () => {
      const cache = join(root, `${base}-${choice}`)
      kept = await openModel(source, { cacheDir: cache, weights: choice })
      plain = await openModel(await roundedModel(source, kept, cache, join(root, `${base}-${choice}-plain`)))
    })

    test('is not the original model', async () => {
      const original = await openModel(source)
      for (const [name] of kept.parameters) {
        const form = kept.form(name, choice)
        const [a, b, c] = [await original.read(name), await plain.read(name), await kept.readFrozen(name)]
        expect(difference(b, c), name).toBe(0)
        const rounded = form.kind === 'quantized' || form.dtype !== 'float32'
        expect(difference(a, b) > 0, name).toBe(rounded && largest(a) > 0)
      }
    })

    test.each(methodsOf(base, choice))('%s: losses, logits, gradients and five steps', async (name) => {
      const [a, b] = [await open(kept, name), await open(plain, name, kept)]
      const batch = batchFromHuggingFace(rows(base), { virtualTokens: a.virtualTokens, allLogits: true })
      expect(difference(await a.session.logits(batch), await b.session.logits(batch))).toBeLessThan(1e-5)
      const [got, wanted] = [await a.session.gradients(batch), await b.session.gradients(batch)]
      expect(Math.abs(got.loss - wanted.loss)).toBeLessThan(1e-5)
      const scale = Math.max(...[...wanted.gradients.values()].map(largest))
      expect([...got.gradients.keys()]).toEqual([...wanted.gradients.keys()])
      for (const [key, tensor] of wanted.gradients)
        expect(difference(got.gradients.get(key)!, tensor), key).toBeLessThan(1e-5 * Math.max(1, scale))
      for (let step = 1; step <= 5; step++) {
        const options = { step, learningRate: 1e-2, weightDecay: 0.01 }
        const losses = [await a.session.step([batch], options), await b.session.step([batch], options)]
        expect(Math.abs(losses[0]!.loss - losses[1]!.loss), `step ${step}`).toBeLessThan(1e-5)
      }
      await Promise.all([a.session.dispose(), b.session.dispose()])
    })

    test('low memory and recomputation change nothing', async () => {
      const method = findMethod('lora')
      const config = parseFields(method.title, method.fields, changes.lora!)
      const batch = batchFromHuggingFace(rows(base), { virtualTokens: 0, allLogits: true })
      const losses: number[] = []
      for (const options of [{}, { profile: 'low-memory' }, { recompute: 'layers' }] as const) {
        const session = new TrainingSession({ device: cpu, loaded: kept, method, config, ...options })
        await session.load(await initialise(kept, session.trained, 3))
        for (let step = 1; step <= 3; step++)
          losses.push((await session.step([batch], { step, learningRate: 1e-2, weightDecay: 0 })).loss)
        await session.dispose()
      }
      for (let i = 3; i < losses.length; i++) expect(losses[i]).toBeCloseTo(losses[i % 3]!, 5)
    })

    test('generates the same tokens', async () => {
      const tokens: number[][] = []
      for (const loaded of [kept, plain]) {
        const { method, config, session } = await open(loaded, 'lora', kept)
        const source = { device: cpu, loaded, method, config, state: session.state }
        const ids: number[] = []
        const settings = { temperature: 0, topP: 1, maxTokens: 12, seed: 0, stopTokens: [] }
        for await (const id of generate(source, [5, 9, 17], settings)) ids.push(id)
        tokens.push(ids)
        await session.dispose()
      }
      expect(tokens[0]).toEqual(tokens[1])
      expect(tokens[0]).toHaveLength(12)
    })
  })
})

describe('16-bit weights that are stored so', () => {
  test.each(['F16', 'BF16'] as const)('%s is mapped where it lies', async (dtype) => {
    const dir = join(root, `stored-${dtype}`)
    const cache = join(root, `cache-${dtype}`)
    await mkdir(dir)
    const file = await openSafetensors(join(golden, 'llama/base/model.safetensors'))
    const tensors = new Map<string, { dtype: typeof dtype; shape: readonly number[]; data: Float32Array }>()
    for (const name of file.tensors.keys()) {
      const { shape, data } = await readTensor(file, name)
      tensors.set(name, { dtype, shape, data: data as Float32Array })
    }
    await writeSafetensors(join(dir, 'model.safetensors'), tensors)
    await copyFile(join(golden, 'llama/base/config.json'), join(dir, 'config.json'))
    const loaded = await openModel(dir, { cacheDir: cache, weights: '16-bit' })
    const [copy] = readdirSync(cache).filter((name) => name.endsWith('.safetensors'))
    const copied = [...(await openSafetensors(join(cache, copy!))).tensors]
    expect(copied.map(([name]) => name).every((name) => name.includes('norm'))).toBe(true)
    const float = await openModel(dir, { cacheDir: cache })
    const [a, b] = [await open(loaded, 'lora'), await open(float, 'lora')]
    const batch = batchFromHuggingFace(rows('llama'), { virtualTokens: 0, allLogits: true })
    const [got, wanted] = [await a.session.gradients(batch), await b.session.gradients(batch)]
    expect(Math.abs(got.loss - wanted.loss)).toBeLessThan(1e-6)
    for (const [key, tensor] of wanted.gradients)
      expect(difference(got.gradients.get(key)!, tensor), key).toBeLessThan(
        1e-6 * Math.max(1, largest(tensor)),
      )
    await Promise.all([a.session.dispose(), b.session.dispose()])
  })
})
