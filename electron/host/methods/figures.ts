/** What the thread behind the method screen computes: pure questions about a model, a method and data. */
import { cpus } from 'node:os'
import { loadTokenizer } from '../../../engine/data/tokenizer/load-tokenizer.ts'
import { canAttachTo } from '../../../engine/methods/attach.ts'
import { parseFields } from '../../../engine/methods/fields.ts'
import { findMethod } from '../../../engine/methods/index.ts'
import { usualModules } from '../../../engine/methods/targets.ts'
import type { LoadedModel } from '../../../engine/models/load.ts'
import { outlineModel } from '../../../engine/models/load.ts'
import { type WeightChoiceSize, weightChoices } from '../../../engine/models/weight-choices.ts'
import { trainingDefaults } from '../../../engine/train/defaults.ts'
import { drawModel } from '../../../engine/train/drawing.ts'
import { estimateRun, type RunEstimate } from '../../../engine/train/estimate.ts'
import { type MemoryOption, memoryOptions } from '../../../engine/train/memory-options.ts'
import { checkPlacement, checkWeights } from '../../../engine/train/open-run.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import type { TrainingSettings } from '../../../engine/train/plan-fields.ts'
import { frontOf, layOut, openExamples, type RunExamples } from '../../../engine/train/run-data.ts'
import { lookOver } from '../../../engine/train/sense/look-over.ts'
import type { DataFacts } from '../../../engine/train/sense/of-training.ts'
import type { Remark } from '../../../engine/train/sense/remark.ts'
import type { Drawing, LayoutView, ModuleNames } from '../../contract/methods.ts'
import { type FolderFiles, folderFiles, sameFiles } from '../models/folder-files.ts'
import { Recent } from './recent.ts'

type Values = Readonly<Record<string, unknown>>

interface Attachment {
  /** Folder of the model. */
  readonly model: string
  readonly method: string
  readonly methodConfig: Values
}

interface Choice extends Attachment {
  readonly training: Partial<TrainingSettings>
}

/** What a run would need, and what its base takes in each form. */
export interface Estimated extends RunEstimate {
  readonly weightChoices: readonly WeightChoiceSize[]
}

interface Outline {
  readonly files: FolderFiles
  readonly loaded: LoadedModel
  /** Cards and tables ask for the same figures again whenever anything changes. */
  readonly estimates: Recent<Estimated>
}

const outlines = new Recent<Outline>(4)
const examples = new Recent<RunExamples>(2)

/** Opened once, and again when the folder's files are others. */
async function outline(dir: string): Promise<Outline> {
  const known = outlines.get(dir)
  const files = await folderFiles(dir)
  if (known !== undefined && sameFiles(known.files, files)) return known
  const opened = { files, loaded: await outlineModel(dir), estimates: new Recent<Estimated>(100) }
  outlines.set(dir, opened)
  return opened
}

async function attached({ model, method: name, methodConfig }: Attachment) {
  const method = findMethod(name)
  const config = parseFields(method.title, method.fields, methodConfig)
  const { loaded } = await outline(model)
  checkPlacement(loaded, method, config)
  return { loaded, method, config }
}

function completed(
  method: ReturnType<typeof findMethod>,
  training: Partial<TrainingSettings>,
): TrainingSettings {
  return { ...trainingDefaults(method, training.steps), ...training }
}

async function computed({
  training,
  labelSlots,
  memoryBytes,
  ...attachment
}: Parameters<Figures['estimate']>[0]): Promise<Estimated> {
  const opened = await attached(attachment)
  const estimate = estimateOf(opened, completed(opened.method, training), memoryBytes, labelSlots)
  return { ...estimate, weightChoices: weightChoices(opened.loaded) }
}

function estimateOf(
  { loaded, method, config }: Awaited<ReturnType<typeof attached>>,
  settings: TrainingSettings,
  memoryBytes: number,
  labelSlots?: number,
): RunEstimate {
  const { batch, length, profile, weights, recompute, gradientAccumulation, maxGradientNorm } = settings
  checkWeights(weights, method)
  return estimateRun(
    loaded,
    method,
    config,
    { rows: batch, length, ...(labelSlots === undefined ? {} : { labelSlots }) },
    {
      profile,
      weights,
      gradientAccumulation,
      memoryBytes,
      maxGradientNorm: maxGradientNorm ?? undefined,
      ...(recompute === null ? {} : { recompute }),
    },
  )
}

export const figures = {
  async estimate(question: Choice & { labelSlots?: number; memoryBytes: number }): Promise<Estimated> {
    const { estimates } = await outline(question.model)
    const key = JSON.stringify(question)
    const known = estimates.get(key)
    if (known !== undefined) return known
    const estimate = await computed(question)
    estimates.set(key, estimate)
    return estimate
  },

  /** What would need less than a run that does not fit. */
  async memoryOptions({
    training,
    limitBytes,
    ...attachment
  }: Choice & { limitBytes: number }): Promise<MemoryOption[]> {
    const opened = await attached(attachment)
    const settings = completed(opened.method, training)
    return memoryOptions(settings, limitBytes, (other) => estimateOf(opened, other, limitBytes).totalBytes)
  },

  async drawing(attachment: Attachment): Promise<Drawing> {
    const { loaded, method, config } = await attached(attachment)
    const { facts } = loaded.model
    const drawn = drawModel(loaded, method, config)
    // The contract's arrays are mutable; what the engine gives is a plain copy of its own.
    const { before, groups, after, ...sums } = structuredClone(drawn) as Omit<Drawing, 'model'>
    return {
      model: {
        type: facts.modelType,
        parameters: loaded.totalParameters,
        layers: facts.layers,
        width: facts.width,
        vocabulary: facts.vocabularySize,
        contextLength: facts.contextLength,
        tiedHead: facts.tiedHead,
      },
      before,
      groups,
      after,
      ...sums,
    }
  },

  async moduleNames({ model, method }: { model: string; method: string }): Promise<ModuleNames> {
    const { sites, model: architecture } = (await outline(model)).loaded
    const named = sites.filter((site) => ['linear', 'embedding', 'norm'].includes(site.kind))
    const byName = Map.groupBy(named, ({ module }) => module.slice(module.lastIndexOf('.') + 1))
    return {
      usual: usualOf(method, architecture.facts.modelType),
      layers: architecture.facts.layers,
      modules: [...byName].map(([name, list]) => ({
        name,
        kind: list[0]!.kind,
        count: list.length,
        target: list.some((site) => canAttachTo(findMethod(method), site.kind)),
      })),
    }
  },

  async check({
    model,
    method,
    methodConfig,
    training,
    data,
  }: {
    /** Null while none is chosen, or it cannot be opened. */
    model: string | null
    method: string
    methodConfig: Values
    training: Values
    data?: DataFacts | undefined
  }): Promise<Remark[]> {
    const loaded = model === null ? undefined : (await outline(model)).loaded
    return lookOver({
      loaded,
      method: findMethod(method),
      methodConfig,
      training,
      data,
      cores: cpus().length,
    })
  },

  async layout({ plan }: { plan: TrainPlan }): Promise<LayoutView> {
    const { method, config } = await attached(plan)
    const front = frontOf(method, config)
    const rows = await tokenised(plan)
    const { train, validation, notices } = layOut(rows, plan, front)
    return {
      examples: train.dataset.count,
      validationExamples: validation?.dataset.count ?? null,
      batchesPerEpoch: train.batchesPerEpoch,
      validationBatches: validation?.batchesPerEpoch ?? null,
      labelSlots: train.labelSlots,
      labelsPerEpoch: train.labelsPerEpoch,
      tokensPerEpoch: train.tokensPerEpoch,
      truncated: train.truncated,
      dropped: train.dropped,
      longest: front.virtualTokens + longest(rows.train),
      steps: plan.steps,
      epochs: (plan.steps * plan.gradientAccumulation) / train.batchesPerEpoch,
      notices: [...rows.notices, ...notices],
    }
  },
}

function usualOf(method: string, modelType: string): ModuleNames['usual'] {
  const usual = Object.entries(usualModules(findMethod(method), modelType))
  return Object.fromEntries(usual.map(([field, names]) => [field, [...names]]))
}

export type Figures = typeof figures

/** The tokens of a version: made once for the same model and settings. */
async function tokenised(plan: TrainPlan): Promise<RunExamples> {
  // The seed only decides which rows are held out.
  const seed = plan.data.validation === null ? plan.seed : null
  const key = JSON.stringify([plan.model, plan.data, seed])
  const known = examples.get(key)
  if (known !== undefined) return known
  const opened = await openExamples(plan, await loadTokenizer(plan.model))
  examples.set(key, opened)
  return opened
}

function longest({ count, offsets }: RunExamples['train']): number {
  let most = 0
  for (let i = 0; i < count; i++) most = Math.max(most, offsets[i + 1]! - offsets[i]!)
  return most
}
