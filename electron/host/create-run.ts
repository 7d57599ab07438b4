/** Puts a new run into the store, with the model and data it names and the complete plan it will follow. */
import { join } from 'node:path'
import { openModelFolder } from '../../engine/files/model-folder.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { completePlan } from '../../engine/train/defaults.ts'
import { parsePlan, type TrainPlan } from '../../engine/train/plan.ts'
import type { Store } from '../store/open-store.ts'
import { type Lineage, planDocumentSchema, type Run } from '../store/run-record.ts'
import type { DataReference, ModelReference } from './built-in.ts'
import { registerData } from './datasets/register-data.ts'
import { runEnvironment } from './run-environment.ts'

type Choices = Partial<Omit<TrainPlan, 'model' | 'modelName' | 'data' | 'method' | 'cache'>>

/** What a run is made from: references that were looked up, and the person's choices. */
export interface RunSpec {
  readonly model: ModelReference
  readonly data: DataReference
  /** The version of the data, where the store knows both model and data already. */
  readonly datasetVersionId?: string
  readonly method: string
  /** Settings that differ from the method's defaults; some lie in the folder of the run. */
  readonly choices: Choices | ((out: string) => Choices)
  readonly learn?: TrainPlan['data']['learn']
  /** Whether prompts and completions go through the chat template. */
  readonly chat?: TrainPlan['data']['chat']
  readonly name?: string
  readonly lineage?: Lineage
}

/**
 * The complete plan of a run that keeps its files in `out`.
 * @throws StudioError for a method or settings that are not usable
 */
export function planOf(dataDir: string, spec: RunSpec, out: string): TrainPlan {
  const { model, data, choices } = spec
  return parsePlan(
    completePlan({
      out,
      ...(typeof choices === 'function' ? choices(out) : choices),
      model: model.dir,
      modelName: model.baseName,
      data: {
        train: data.train,
        validation: data.validation,
        validationFraction: data.validation === null ? 0.1 : 0,
        learn: spec.learn ?? null,
        chat: spec.chat ?? null,
      },
      method: spec.method,
      cache: join(dataDir, 'cache'),
    }),
  )
}

/** What a run is called that nobody named. @throws StudioError for an unknown method */
export function usualName(method: string, dataName: string): string {
  return `${findMethod(method).title} on ${dataName}`
}

/** Adds a waiting run; throws StudioError where model, data or settings are not usable, and then stores nothing. */
export async function createRun(store: Store, spec: RunSpec): Promise<{ run: Run; plan: TrainPlan }> {
  const { model, data, method } = spec
  // Settings are checked before anything is stored.
  planOf(store.dataDir, spec, store.dataDir)
  const datasetVersionId = spec.datasetVersionId ?? (await register(store, model, data))
  let plan: TrainPlan | undefined
  const run = store.runs.create({
    name: spec.name ?? usualName(method, data.name),
    method,
    modelId: model.id,
    datasetVersionId,
    config: (id) => {
      plan = planOf(store.dataDir, spec, join(store.dataDir, 'runs', id))
      return planDocumentSchema.parse(plan)
    },
    environment: runEnvironment(),
    ...(spec.lineage === undefined ? {} : { lineage: spec.lineage }),
  })
  return { run, plan: plan! }
}

/** Puts a model folder and data files that the studio may not know into the store. @returns the version of the data */
async function register(store: Store, model: ModelReference, data: DataReference): Promise<string> {
  await putModel(store, model)
  return registerData(store, data)
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
