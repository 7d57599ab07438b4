/** Our side of a job: a training session and the batches of one pass. */
import { z } from 'zod'
import type { Batch } from '../engine/data/batch.ts'
import { batchAt } from '../engine/data/batches/batch-at.ts'
import { type BatchPlan, makeBatches } from '../engine/data/batches/batch-plan.ts'
import { type TokenizedDataset, tokenizedDataset } from '../engine/data/batches/tokenized-dataset.ts'
import { float32, sizeOf } from '../engine/graph/host-tensor.ts'
import { parseFields } from '../engine/methods/fields.ts'
import { findMethod } from '../engine/methods/index.ts'
import { initialise } from '../engine/methods/initialise.ts'
import { openModel } from '../engine/models/load.ts'
import { openDevice } from '../engine/runtimes/index.ts'
import { type ModelGraph, modelGraph } from '../engine/train/model-graph.ts'
import { TrainingSession } from '../engine/train/session.ts'
import type { Job } from './job.ts'

/** Rows are widened by this until the examples fit. */
const widthStep = 16

/**
 * Without packing: the peer's batches. With packing: one row per step, the narrowest in which a pass takes no more steps
 * than the peer's, so that both learn from about as many examples per update.
 */
function planOf(job: Job, dataset: TokenizedDataset, virtualTokens: number): BatchPlan {
  const longest = Math.max(...job.examples.map((e) => e.ids.length)) + virtualTokens
  const common = { virtualTokens, seed: 0, shuffle: false }
  if (!job.packing)
    return makeBatches(dataset, { ...common, rows: job.batchSize, length: longest, packing: false })
  const steps = Math.ceil(job.examples.length / job.batchSize)
  for (let length = Math.ceil(longest / widthStep) * widthStep; ; length += widthStep) {
    const plan = makeBatches(dataset, { ...common, rows: 1, length, packing: true })
    if (plan.batchesPerEpoch <= steps) return plan
  }
}

export interface OpenJob {
  readonly session: TrainingSession
  /** Of one pass over the examples. */
  readonly batches: readonly Batch[]
  /** What the session trains, for a batch of this shape. */
  model(batch: Batch): ModelGraph
}

export async function openJob(job: Job): Promise<OpenJob> {
  const loaded = await openModel(job.model, { cacheDir: job.copies, weights: job.weights })
  const method = findMethod(job.method)
  const config = parseFields(method.title, method.fields, job.config)
  const examples = job.examples.map(({ ids, labels }) => ({
    ids: Int32Array.from(ids),
    labels: Int32Array.from(labels),
  }))
  const plan = planOf(job, tokenizedDataset(examples, 'bench'), method.virtualTokens?.(config) ?? 0)
  const profile = z.enum(['fast', 'low-memory']).parse(job.setting)
  const session = new TrainingSession({
    device: await openDevice(job.device),
    loaded,
    method,
    config,
    profile,
    threads: job.threads,
  })
  const values = await initialise(loaded, session.trained, 1)
  // A soft prompt starts at random: here it is a formula that the peer's worker knows, too.
  for (const { key, shape } of session.trained)
    if (key === 'prompt_embeddings')
      values.set(
        key,
        float32(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.02 * Math.sin(i)),
        ),
      )
  await session.load(values)
  return {
    session,
    model: (batch) => modelGraph(loaded, method, config, batch, true),
    batches: Array.from({ length: plan.batchesPerEpoch }, (_, i) => batchAt(plan, i)),
  }
}
