/** Records for tests of the store: a queued run with all it refers to, and steps. */
import type { StepMetrics } from '../../../engine/train/events.ts'
import type { Store } from '../open-store.ts'
import type { NewRun, Run } from '../run-record.ts'

/** Adds a model, a dataset version and a queued run. */
export function queuedRun(store: Store, changes: Partial<NewRun> = {}): Run {
  const modelId = 'tiny'
  store.models.put({
    id: modelId,
    name: 'Tiny',
    source: 'built-in',
    path: '/models/tiny',
    architecture: 'LlamaForCausalLM',
    parameters: 1_000,
    bytes: 4_000,
    fingerprint: 'abc',
  })
  store.datasets.put({ id: 'poems', name: 'Poems', source: '/data/poems.jsonl' })
  const version = store.datasets.addVersion({
    datasetId: 'poems',
    contentHash: 'hash-1',
    path: '/data/poems.jsonl',
    rows: 12,
    bytes: 345,
    note: '',
  })
  return store.runs.create({
    name: 'first try',
    method: 'lora',
    modelId,
    datasetVersionId: version.id,
    config: { rank: 8, targets: ['q_proj'], seed: null },
    environment: {
      studio: '0.1.0',
      node: 'v24.0.0',
      platform: 'linux',
      cpu: 'A CPU',
      cores: 2,
      memoryBytes: 8e9,
      packages: { 'onnxruntime-node': '1.30.0' },
    },
    ...changes,
  })
}

export function stepMetrics(step: number, changes: Partial<StepMetrics> = {}): StepMetrics {
  return {
    type: 'step',
    step,
    epoch: step / 10,
    loss: 3 / step,
    learningRate: 1e-4,
    gradientNorm: 0.5,
    usefulTokens: 64,
    tokens: 128,
    examples: 4,
    seconds: 0.25,
    peakMemoryBytes: 1e9,
    ...changes,
  }
}
