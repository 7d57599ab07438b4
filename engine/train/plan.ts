/** The plan of a run: everything that decides its result, as one JSON document. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { shapeOf } from '../methods/fields.ts'
import {
  type ExampleSettings,
  exampleFields,
  type PlanSettings,
  planFields,
  type TrainingSettings,
  trainingFields,
} from './plan-fields.ts'

export const planSchema = z.strictObject({
  /** Folder of the base model. */
  model: z.string().min(1),
  /** What an adapter's `base_model_name_or_path` says. */
  modelName: z.string().min(1),
  data: z.strictObject({
    train: z.string().min(1),
    /** Rows held out; null = a part of the training rows. */
    validation: z.string().min(1).nullable(),
    /** Share of the training rows held out where there is no validation file. */
    validationFraction: z.number().min(0).max(0.9),
    ...shapeOf(exampleFields),
  }),
  method: z.string(),
  methodConfig: z.record(z.string(), z.unknown()),
  /** Steps, batches, optimiser, evaluation, machine: declared with their labels and defaults in plan-fields.ts. */
  ...shapeOf(planFields),
  /** Folder of the run: adapter and checkpoints. */
  out: z.string().min(1),
  /** Folder of caches (tokens, float32 copies). */
  cache: z.string().min(1),
  /** Checkpoint folder to go on from, or `latest`. */
  resume: z.string().nullable(),
  /** Checkpoint folder of another run whose trained tensors the run begins with; null = fresh ones. */
  startFrom: z.string().min(1).nullable(),
  /** Prompts answered with the values trained so far: before the first step, after every so many, after the last. */
  samples: z.strictObject({
    prompts: z.array(z.string().min(1)),
    /** 0 = only before the first step and after the last. */
    every: z.number().int().min(0),
    /** Most tokens of one answer. */
    maxTokens: z.number().int().min(1),
  }),
})

export type TrainPlan = z.infer<typeof planSchema>

/** Everything about the training that a person sets; `learn` and `chat` among them stand in a plan's `data`. */
export const trainingSettingsSchema = z.strictObject(shapeOf(trainingFields))

/** Settings that a person gives; `undefined` is as good as left out. */
export type GivenSettings = { readonly [K in keyof TrainingSettings]?: TrainingSettings[K] | undefined }

export function definedSettings(given: GivenSettings): Partial<TrainingSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Settings as a person gives them, sorted to where a plan has them. */
export function sortSettings(settings: GivenSettings): {
  readonly plan: Partial<PlanSettings>
  readonly examples: Partial<ExampleSettings>
} {
  const { learn, chat, ...plan } = definedSettings(settings)
  return {
    plan,
    examples: { ...(learn === undefined ? {} : { learn }), ...(chat === undefined ? {} : { chat }) },
  }
}

/** @throws StudioError('bad-config') naming the entry that is wrong */
export function parsePlan(raw: unknown): TrainPlan {
  const result = planSchema.safeParse(raw)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new StudioError(
    'bad-config',
    `The plan of the run is not usable: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    'Correct that setting.',
  )
}
