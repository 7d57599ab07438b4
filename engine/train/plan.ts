/** The plan of a run: everything that decides its result, as one JSON document. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { recomputeChoices } from './recompute.ts'

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
    /** null = the completion, or the assistant's turns of a chat. */
    learn: z.enum(['completion', 'assistant', 'all']).nullable(),
    /** Whether prompts and completions go through the chat template; null = where the tokenizer has one. */
    chat: z.boolean().nullable(),
  }),
  method: z.string(),
  methodConfig: z.record(z.string(), z.unknown()),
  steps: z.number().int().min(1),
  /** Rows per micro batch. */
  batch: z.number().int().min(1),
  /** Tokens per row, virtual ones included. */
  length: z.number().int().min(2),
  packing: z.boolean(),
  seed: z.number().int(),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  schedule: z.enum(['linear', 'cosine', 'constant']),
  warmupSteps: z.number().int().min(0),
  gradientAccumulation: z.number().int().min(1),
  maxGradientNorm: z.number().positive().nullable(),
  evaluateEvery: z.number().int().min(0),
  checkpointEvery: z.number().int().min(0),
  patience: z.number().int().min(0),
  keepBest: z.boolean(),
  profile: z.enum(['fast', 'low-memory']),
  /** What is computed again for the gradient instead of being kept; null = as the profile wants it. */
  recompute: z.enum(recomputeChoices).nullable(),
  threads: z.number().int().min(1).nullable(),
  /** Folder of the run: adapter and checkpoints. */
  out: z.string().min(1),
  /** Folder of caches (tokens, float32 copies). */
  cache: z.string().min(1),
  /** Checkpoint folder to go on from, or `latest`. */
  resume: z.string().nullable(),
})

export type TrainPlan = z.infer<typeof planSchema>

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
