/** A run as the choice of a device sees it. */
import { findMethod } from '../../../engine/methods/index.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'

/** A run that is to be computed somewhere. */
export interface Workload {
  /** Its `device` is what was asked for: `auto`, or the id of a device. */
  readonly plan: TrainPlan
  /** Of the model's files. */
  readonly fingerprint: string
  /** Of the data, where the store knows it: then what is measured also tells how long the run takes. */
  readonly versionId?: string
  /** What is computed, for people: "LoRA on studio-tiny with pirate, 4 × 256 tokens". */
  readonly words: string
  /** The run itself, which is no disturbance of its own measuring. */
  readonly runId?: string
}

/** What is computed, for people. */
export function workloadWords(plan: TrainPlan, model: string, data: string): string {
  const { method, batch, length, gradientAccumulation } = plan
  const times = gradientAccumulation === 1 ? '' : `${gradientAccumulation} × `
  return `${findMethod(method).title} on ${model} with ${data}, ${times}${batch} × ${length} tokens`
}

/** @param plan of the run, complete */
export function workloadOf(store: Store, { id, modelId, datasetVersionId }: Run, plan: TrainPlan): Workload {
  const { fingerprint, name } = store.models.get(modelId)
  const words = workloadWords(plan, name, datasetVersionId)
  return { plan, fingerprint, versionId: datasetVersionId, words, runId: id }
}
