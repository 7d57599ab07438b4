/** Every golden case: loads, computes, trains, saves and merges as Hugging Face PEFT and AdapterHub do. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter, saveAdapter } from '../adapters/adapter-folder.ts'
import { mergeAdapter } from '../methods/merge.ts'
import { batchFromHuggingFace } from '../data/hugging-face-batch.ts'
import { openSafetensors, readAllTensors } from '../files/safetensors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { generate } from '../generate/generator.ts'
import { findMethod } from '../methods/index.ts'
import { openModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import { TrainingSession } from '../train/session.ts'

const folder = import.meta.dirname
const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'))
const tensors = async (path: string) => readAllTensors(await openSafetensors(join(folder, path)))

interface GoldenCase {
  loss: number
  trainable: { name: string; adapter_file_key: string }[]
  trace: { losses: number[]; loss_after_last_step: number }
  other_tensors_in_adapter_file: string[]
  greedy: { prompt: number[]; manual_tokens: number[] }
  merge?: { error?: string; saved_weights?: string[] }
}

function largest(tensor: HostTensor): number {
  return (tensor.data as Float32Array).reduce((m, x) => Math.max(m, Math.abs(x)), 0)
}

function difference(a: HostTensor, b: HostTensor): number {
  expect(a.shape).toEqual(b.shape)
  let worst = 0
  for (let i = 0; i < a.data.length; i++) worst = Math.max(worst, Math.abs(Number(a.data[i]) - Number(b.data[i])))
  return worst
}

/** A second reader of safetensors, straight from the format's description: every tensor's type, shape and bytes. */
function independentRead(path: string): Record<string, { dtype: string; shape: number[]; bytes: string }> {
  const file = readFileSync(path)
  const headerBytes = Number(file.readBigUInt64LE(0))
  const { __metadata__: _, ...entries } = JSON.parse(file.toString('utf8', 8, 8 + headerBytes))
  const read = ([key, { dtype, shape, data_offsets }]: [string, { dtype: string; shape: number[]; data_offsets: [number, number] }]) => {
    const [from, to] = data_offsets.map((offset) => 8 + headerBytes + offset) as [number, number]
    return [key, { dtype, shape, bytes: file.toString('hex', from, to) }]
  }
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)).map((e) => read(e as never)))
}

/** [rows · length, vocabulary] → [rows, length, vocabulary] */
const byRow = (logits: HostTensor, rows: number): HostTensor => ({
  ...logits,
  shape: [rows, logits.shape[0]! / rows, logits.shape[1]!],
})

for (const base of ['gpt2', 'llama', 'qwen2']) {
  const modelDir = join(folder, base, 'base')
  const rows = json(`${base}/batch.json`)

  describe(`${base} without adapter`, () => {
    test('logits, loss and every gradient', async () => {
      const loaded = await openModel(modelDir)
      const session = new TrainingSession({ device: cpu, loaded, method: findMethod('full'), config: {} })
      await session.initialise(0)
      const golden = json(`${base}/base.json`)
      const batch = batchFromHuggingFace(rows, { virtualTokens: 0, allLogits: true })
      const logits = byRow(await session.logits(batch), 2)
      expect(difference(logits, (await tensors(`${base}/base_logits.safetensors`)).get('logits')!)).toBeLessThan(1e-4)
      const { loss, gradients } = await session.gradients(batch)
      expect(loss).toBeCloseTo(golden.loss, 4)
      if (existsSync(join(folder, base, 'base_grads.safetensors')))
        for (const [name, expected] of await tensors(`${base}/base_grads.safetensors`))
          expect(difference(gradients.get(name)!, expected), name).toBeLessThan(1e-4 * Math.max(1e-3, largest(expected)))
      await session.dispose()
    })
  })

  const cases = readdirSync(join(folder, base)).filter((name) => existsSync(join(folder, base, name, 'case.json')))
  for (const name of cases) {
    const golden: GoldenCase = json(`${base}/${name}/case.json`)
    describe(`${base}/${name}`, async () => {
      const scratch = await mkdtemp(join(tmpdir(), 'golden-'))
      const open = async () => {
        const loaded = await openModel(modelDir)
        const adapter = await openAdapter(join(folder, base, name, 'adapter'))
        const { method, config } = adapter
        const session = new TrainingSession({ device: cpu, loaded, method, config, adapterName: adapter.name })
        await session.load(bindAdapter(adapter, session.trained, loaded.sites.map((s) => s.module)))
        const virtualTokens = method.virtualTokens?.(config) ?? 0
        return { loaded, adapter, session, batch: batchFromHuggingFace(rows, { virtualTokens, allLogits: true }) }
      }
      let opened: Awaited<ReturnType<typeof open>>
      beforeAll(async () => {
        opened = await open()
      })
      afterAll(async () => {
        await opened.session.dispose()
        await rm(scratch, { recursive: true })
      })

      test('logits and loss', async () => {
        const expected = (await tensors(`${base}/${name}/logits.safetensors`)).get('logits')!
        expect(difference(byRow(await opened.session.logits(opened.batch), 2), expected)).toBeLessThan(1e-4)
        const { loss } = await opened.session.gradients(opened.batch)
        expect(Math.abs(loss - golden.loss)).toBeLessThan(1e-4)
      })

      test('gradients', async () => {
        const { gradients } = await opened.session.gradients(opened.batch)
        const expected = await tensors(`${base}/${name}/grads.safetensors`)
        const scale = Math.max(...[...expected.values()].map(largest))
        expect(gradients.size).toBe(golden.trainable.length)
        for (const { name: parameter, adapter_file_key: key } of golden.trainable)
          expect(difference(gradients.get(key ?? 'prompt_embeddings')!, expected.get(parameter)!), key).toBeLessThan(1e-4 * scale)
      })

      test('five steps of AdamW', async () => {
        const { session, batch } = await open()
        const losses: number[] = []
        for (let step = 1; step <= 5; step++)
          losses.push((await session.step([batch], { step, learningRate: 1e-2, weightDecay: 0.01 })).loss)
        losses.push((await session.gradients(batch)).loss)
        const expected = [...golden.trace.losses, golden.trace.loss_after_last_step]
        losses.forEach((loss, i) => {
          expect(Math.abs(loss - expected[i]!), `step ${i}`).toBeLessThan(1e-4)
        })
        await session.dispose()
      })

      test('greedy tokens with a key/value cache', async () => {
        const { loaded, adapter, session } = opened
        const { method, config, name: adapterName } = adapter
        const ids: number[] = []
        const settings = { temperature: 0, topP: 1, maxTokens: 10, seed: 0, stopTokens: [] }
        const source = { device: cpu, loaded, method, config, state: session.state, adapterName }
        for await (const id of generate(source, golden.greedy.prompt, settings)) ids.push(id)
        expect([...golden.greedy.prompt, ...ids]).toEqual(golden.greedy.manual_tokens)
      })

      test('what we save has the same keys, shapes and values', async () => {
        const { loaded, adapter, session } = opened
        await saveAdapter(scratch, {
          loaded,
          method: adapter.method,
          config: adapter.config,
          trained: session.trained,
          values: await session.values(),
          baseName: `golden/${base}`,
          name: adapter.name,
        })
        const again = await openAdapter(scratch)
        const file = adapter.method.format.kind === 'peft' ? 'adapter_model.safetensors' : 'adapter.safetensors'
        expect(independentRead(join(scratch, file))).toEqual(
          independentRead(join(folder, base, name, 'adapter', file)),
        )
        expect(again.method.name).toBe(adapter.method.name)
        expect(again.config).toEqual(adapter.config)
        expect([...again.tensors.keys()].sort()).toEqual([...adapter.tensors.keys()].sort())
        for (const [key, tensor] of adapter.tensors) expect(difference(again.tensors.get(key)!, tensor), key).toBe(0)
      })

      if (golden.merge?.saved_weights !== undefined)
        test('merged weights', async () => {
          const { loaded, adapter, session } = opened
          const merged = await mergeAdapter(cpu, loaded, adapter.method, adapter.config, await session.values())
          const expected = await tensors(`${base}/${name}/merged.safetensors`)
          for (const [parameter, tensor] of expected)
            expect(difference(merged.get(parameter)!, tensor), parameter).toBeLessThan(1e-5)
        })
    })
  }
}
