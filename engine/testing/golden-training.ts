/** Training of the golden models for tests that hold one device against another. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Batch } from '../data/batch.ts'
import { batchFromHuggingFace } from '../data/hugging-face-batch.ts'
import { generate } from '../generate/generator.ts'
import { parseFields } from '../methods/fields.ts'
import { type AnyMethod, findMethod } from '../methods/index.ts'
import { type LoadedModel, type OpenModelOptions, openModel } from '../models/load.ts'
import type { Device } from '../runtimes/runtime.ts'
import { TrainingSession } from '../train/session.ts'

export interface GoldenTraining {
  readonly loaded: LoadedModel
  readonly method: AnyMethod
  readonly config: unknown
  readonly batch: Batch
}

/** A method with its defaults on a golden model, and the golden batch for it. */
export async function goldenTraining(
  base: string,
  name: string,
  options: OpenModelOptions = {},
): Promise<GoldenTraining> {
  const folder = join(import.meta.dirname, '../golden', base)
  const loaded = await openModel(join(folder, 'base'), options)
  const method = findMethod(name)
  const config = parseFields(name, method.fields, name === 'prompt-tuning' ? { num_virtual_tokens: 3 } : {})
  const rows = JSON.parse(readFileSync(join(folder, 'batch.json'), 'utf8'))
  const virtualTokens = method.virtualTokens?.(config) ?? 0
  return { loaded, method, config, batch: batchFromHuggingFace(rows, { virtualTokens, allLogits: false }) }
}

/** A session with fresh values from a fixed seed. */
export async function openGoldenSession(
  device: Device,
  { loaded, method, config }: GoldenTraining,
): Promise<TrainingSession> {
  const session = new TrainingSession({ device, loaded, method, config, maxGradientNorm: 1 })
  await session.initialise(1)
  return session
}

/** Losses of the steps `from` to `to`, each on the whole golden batch. */
export async function losses(
  session: TrainingSession,
  batch: Batch,
  from: number,
  to: number,
): Promise<number[]> {
  const told: number[] = []
  for (let step = from; step <= to; step++)
    told.push((await session.step([batch], { step, learningRate: 1e-2, weightDecay: 0.01 })).loss)
  return told
}

/** What greedy decoding makes of a short prompt with what the session has learned. */
export async function greedyTokens(session: TrainingSession, of: GoldenTraining): Promise<number[]> {
  const { loaded, method, config } = of
  const source = { device: session.device, loaded, method, config, state: session.state }
  const settings = { temperature: 0, topP: 1, maxTokens: 5, seed: 0, stopTokens: [] }
  const ids: number[] = []
  for await (const id of generate(source, [5, 17, 3, 42], settings)) ids.push(id)
  return ids
}

export const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))
