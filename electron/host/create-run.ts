/** Puts a new run into the store, with the model and data it names and the complete plan it will follow. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readDataset } from '../../engine/data/read/read-dataset.ts'
import { openModelFolder } from '../../engine/files/model-folder.ts'
import { completePlan } from '../../engine/train/defaults.ts'
import { parsePlan, type TrainPlan } from '../../engine/train/plan.ts'
import type { Store } from '../store/open-store.ts'
import { planSchema, type Run } from '../store/run-record.ts'
import type { DataReference, ModelReference } from './built-in.ts'
import { runEnvironment } from './run-environment.ts'

export interface RunRequest {
  readonly model: ModelReference
  readonly data: DataReference
  readonly method: string
  /** Settings that differ from the method's defaults. */
  readonly choices: Partial<Omit<TrainPlan, 'model' | 'modelName' | 'data' | 'method' | 'cache'>>
  readonly learn?: TrainPlan['data']['learn']
  /** Whether prompts and completions go through the chat template. */
  readonly chat?: boolean
}

/** Registers what the run uses; throws StudioError where model, data or settings are not usable. */
export async function createRun(store: Store, request: RunRequest): Promise<{ run: Run; plan: TrainPlan }> {
  const { model, data } = request
  const planFor = (out: string): TrainPlan =>
    parsePlan(
      completePlan({
        out,
        ...request.choices,
        model: model.dir,
        modelName: model.id.startsWith('builtin:') ? model.name : model.dir,
        data: {
          train: data.train,
          validation: data.validation,
          validationFraction: data.validation === null ? 0.1 : 0,
          learn: request.learn ?? null,
          chat: request.chat ?? null,
        },
        method: request.method,
        cache: join(store.dataDir, 'cache'),
      }),
    )
  // Settings are checked before anything is stored.
  planFor(store.dataDir)
  await putModel(store, model)
  const datasetVersionId = await putData(store, data)
  let plan: TrainPlan | undefined
  const run = store.runs.create({
    name: `${request.method} on ${data.name}`,
    method: request.method,
    modelId: model.id,
    datasetVersionId,
    config: (id) => {
      plan = planFor(request.choices.out ?? join(store.dataDir, 'runs', id))
      return planSchema.parse(plan)
    },
    environment: runEnvironment(),
  })
  return { run, plan: plan! }
}

async function putModel(store: Store, model: ModelReference): Promise<void> {
  const folder = await openModelFolder(model.dir)
  store.models.put({
    id: model.id,
    name: model.name,
    source: model.source,
    path: model.dir,
    architecture: folder.architectures[0] ?? folder.modelType ?? 'unknown',
    parameters: folder.totalParameters,
    bytes: folder.bytes,
    fingerprint: folder.hash,
  })
}

async function putData(store: Store, data: DataReference): Promise<string> {
  const { hash, rows } = await readDataset(data.train)
  store.datasets.put({ id: data.id, name: data.name, source: data.source })
  const { size } = await stat(data.train)
  const version = {
    datasetId: data.id,
    contentHash: hash,
    path: data.train,
    rows: rows.length,
    bytes: size,
    note: '',
  }
  return store.datasets.addVersion(version).id
}
