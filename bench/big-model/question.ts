/** What the runner asks of a worker, as one JSON argument, and what it answers, as JSON lines. */
import { z } from 'zod'
import { weightChoiceNames } from '../../engine/models/weight-forms.ts'

export const questionSchema = z.object({
  model: z.string(),
  cache: z.string(),
  weights: z.enum(weightChoiceNames),
  profile: z.enum(['fast', 'low-memory']),
  device: z.string(),
  rows: z.number().int().positive(),
  length: z.number().int().positive(),
  /** Measured steps; 0 = only brings the weights into their form. */
  steps: z.number().int().min(0),
})

export type Question = z.infer<typeof questionSchema>

export const answerSchema = z.object({
  /** Opening the model: where its weights are not yet in their form, that too. */
  openSeconds: z.number(),
  compileSeconds: z.number(),
  /** What the estimate says of the same run; the last but one is all parts together. */
  estimate: z.object({ weights: z.number(), activations: z.number(), total: z.number() }),
  trainable: z.number(),
  milliseconds: z.array(z.number()),
  losses: z.array(z.number()),
})

export type Answer = z.infer<typeof answerSchema>
