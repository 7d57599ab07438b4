/** A session that recomputes trains as one that keeps everything, with less memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../adapters/adapter-folder.ts'
import { batchFromHuggingFace } from '../data/hugging-face-batch.ts'
import { openModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import type { Recompute } from './recompute.ts'
import { TrainingSession } from './session.ts'

const golden = join(import.meta.dirname, '../golden')

async function train(base: string, name: string, recompute: Recompute) {
  const loaded = await openModel(join(golden, base, 'base'))
  const adapter = await openAdapter(join(golden, base, name, 'adapter'))
  const { method, config } = adapter
  const session = new TrainingSession({
    device: cpu,
    loaded,
    method,
    config,
    adapterName: adapter.name,
    recompute,
    maxGradientNorm: 1,
  })
  const modules = loaded.sites.map((s) => s.module)
  await session.load(bindAdapter(adapter, session.trained, modules))
  const rows: unknown = JSON.parse(readFileSync(join(golden, base, 'batch.json'), 'utf8'))
  const batch = batchFromHuggingFace(rows, {
    virtualTokens: method.virtualTokens?.(config) ?? 0,
    allLogits: false,
  })
  const { loss, gradients } = await session.gradients(batch)
  const step = (n: number) =>
    session.step(n === 3 ? [batch, batch] : [batch], { step: n, learningRate: 1e-2, weightDecay: 0.01 })
  const steps = [await step(1), await step(2), await step(3)]
  await session.dispose()
  return { loss, gradients, steps }
}

const choices = ['attention', 'layers'] as const
const names = ['lora', 'adapter_pfeiffer', 'lora_dora', 'prompt_tuning', 'adapter_pfeiffer_inv']

describe.each(['llama', 'gpt2'])('%s', (base) => {
  test.each(names.flatMap((name) => choices.map((choice) => [name, choice] as const)))(
    '%s, %s',
    async (name, choice) => {
      const [kept, again] = [await train(base, name, 'none'), await train(base, name, choice)]
      expect(Math.abs(kept.loss - again.loss)).toBeLessThan(1e-6)
      expect([...again.gradients.keys()]).toEqual([...kept.gradients.keys()])
      for (const [key, tensor] of kept.gradients)
        tensor.data.forEach((g, i) => {
          expect(Math.abs(Number(g) - Number(again.gradients.get(key)!.data[i])), key).toBeLessThan(1e-6)
        })
      kept.steps.forEach((step, i) => {
        expect(Math.abs(step.loss - again.steps[i]!.loss)).toBeLessThan(1e-5)
      })
    },
  )
})
