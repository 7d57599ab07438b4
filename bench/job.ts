/** What the runner and the workers tell each other, one JSON document per line. */
import { z } from 'zod'
import { weightChoiceNames } from '../engine/models/weight-forms.ts'

const example = z.object({ ids: z.array(z.number().int()), labels: z.array(z.number().int()) })

/** First line to a worker. */
export const jobSchema = z.object({
  /** Folder of the base model. */
  model: z.string(),
  /** Where its weights in other forms are kept. */
  copies: z.string(),
  method: z.string(),
  /** Options of the method in Hugging Face PEFT's spelling; its usual ones where left out. */
  config: z.record(z.string(), z.unknown()),
  /** `fast` or `low-memory` for ours; `float32`, `bfloat16-autocast` or `bfloat16-weights` for the peer. */
  setting: z.string(),
  /** How ours keeps the frozen weights. */
  weights: z.enum(weightChoiceNames),
  threads: z.number().int().positive(),
  /** What ours computes on. */
  device: z.string(),
  /** Beside an accelerator of ours, the peer takes the graphics card that it finds. */
  hardware: z.enum(['processor', 'accelerator']),
  examples: z.array(example).min(1),
  /** Examples per step of the peer, and of ours where it does not pack. */
  batchSize: z.number().int().positive(),
  /** Whether ours packs several examples into a row; the peer pads. */
  packing: z.boolean(),
  learningRate: z.number(),
})

export type JobExample = z.infer<typeof example>
export type Job = z.infer<typeof jobSchema>

/** First line from a worker, after loading and two steps of warming up. */
export const readySchema = z.object({
  /** What it computes on. */
  computesOn: z.string(),
  stepsPerPass: z.number().int().positive(),
  /** Labels that count in one pass over the examples. */
  usefulTokens: z.number().int().positive(),
  /** Places that are computed in one pass, with all padding. */
  computedTokens: z.number().int().positive(),
  /** Loss of the very first step. */
  firstLoss: z.number(),
})

export type Ready = z.infer<typeof readySchema>

/** Every further line to a worker asks for passes over the examples … */
export const turnSchema = z.object({ passes: z.number().int().positive() })

/** … and is answered by their times and the mean loss per label of the first one. */
export const resultSchema = z.object({
  milliseconds: z.array(z.number()),
  loss: z.number(),
  /** Highest memory of the graphics card so far, in bytes; null where there is none or it does not tell. */
  deviceMemory: z.number().nullable(),
})

export type TurnResult = z.infer<typeof resultSchema>
