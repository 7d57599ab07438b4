/** What a run on a base in fewer bits really takes, against what the estimate says; processes are watched from outside. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeRandomModel } from '../engine/files/random-model.ts'
import { ask } from './big-model/ask.ts'
import type { Question } from './big-model/question.ts'
import { qwen2HalfBillion } from './shapes.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'big-model-'))
  // 25 M parameters: weights outweigh everything else at 16 tokens.
  await writeRandomModel(join(folder, 'model'), {
    ...qwen2HalfBillion,
    vocab_size: 4096,
    hidden_size: 512,
    intermediate_size: 2048,
    num_hidden_layers: 6,
    num_attention_heads: 8,
  })
})
afterAll(() => rm(folder, { recursive: true }))

async function measure(weights: Question['weights']) {
  const question = {
    model: join(folder, 'model'),
    cache: join(folder, 'cache'),
    weights,
    profile: 'low-memory',
    device: 'cpu',
    rows: 1,
    length: 16,
  } as const
  // Making the copy takes memory of its own.
  if (weights !== 'float32') await ask({ ...question, steps: 0 })
  return ask({ ...question, steps: 1 })
}

test.skipIf(process.platform !== 'linux')(
  'fewer bits take as much less memory as the estimate says (elsewhere than on Linux nobody tells)',
  async () => {
    const [float32, half, four] = [await measure('float32'), await measure('16-bit'), await measure('4-bit')]
    for (const { answer, peak } of [float32, half, four]) {
      expect(peak!.total / answer.estimate.total).toBeGreaterThan(0.7)
      // The libraries' own pages, and weights that two sessions or passes have mapped, are counted by the kernel and not by us.
      expect(peak!.total / answer.estimate.total).toBeLessThan(1.8)
    }
    for (const less of [half, four]) {
      const saved = float32.answer.estimate.weights - less.answer.estimate.weights
      expect(float32.peak!.total - less.peak!.total).toBeGreaterThan(0.6 * saved)
      // Private memory is what is computed: it holds no float32 copy of the weights.
      expect(less.peak!.anonymous - float32.peak!.anonymous).toBeLessThan(
        0.4 * float32.answer.estimate.weights,
      )
      expect(Math.abs(less.answer.losses[0]! - float32.answer.losses[0]!)).toBeLessThan(0.05)
    }
    expect(float32.answer.estimate.weights / four.answer.estimate.weights).toBeGreaterThan(5)
  },
  300_000,
)
