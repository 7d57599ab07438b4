/** What the host and a trainer process say to each other, checked on arrival on both sides. */
import { z } from 'zod'
import { type ErrorCode, StudioError } from '../../engine/errors.ts'
import type { TrainEvent } from '../../engine/train/events.ts'

/** Measured numbers may be infinite or NaN; structured cloning carries them, JSON and `z.number()` would not. */
const measured = z.custom<number>((value) => typeof value === 'number', 'a number')
const count = z.int().nonnegative()

const trainEventSchema: z.ZodType<TrainEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    trainableParameters: count,
    totalParameters: count,
    steps: count,
    resumedFrom: count,
    baseValidationLoss: measured.nullable(),
    device: z.string(),
  }),
  z.object({
    type: z.literal('step'),
    step: count,
    epoch: z.number(),
    loss: measured,
    learningRate: z.number(),
    gradientNorm: measured,
    usefulTokens: count,
    tokens: count,
    examples: count,
    seconds: z.number(),
    peakMemoryBytes: count,
  }),
  z.object({
    type: z.literal('evaluation'),
    step: count,
    validationLoss: measured,
    best: z.boolean(),
    seconds: z.number(),
  }),
  z.object({ type: z.literal('checkpoint'), step: count, path: z.string() }),
  z.object({
    type: z.literal('notice'),
    step: count,
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('sample'),
    step: count,
    prompt: z.string(),
    output: z.string(),
    tokens: count,
    settings: z.object({ maxTokens: count, temperature: z.number(), seed: z.int(), chat: z.boolean() }),
    seconds: z.number(),
  }),
  z.object({
    type: z.literal('finished'),
    reason: z.enum(['completed', 'early-stopping', 'cancelled']),
    step: count,
    trainLoss: measured,
    validationLoss: measured.nullable(),
    usefulTokensPerSecond: measured,
    peakMemoryBytes: count,
    adapterPath: z.string(),
    adapterBytes: count,
    keptStep: count,
    seconds: z.number(),
  }),
])

/** Both ends are the same build, so a text in this place is one of the codes. */
const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string', 'an error code')

/**
 * What is left of a run that is stopped early: what it learned so far as an adapter, nothing, or (`suspend`) a checkpoint
 * from which it goes on later.
 */
export const stopModes = ['keep', 'discard', 'suspend'] as const
export type StopMode = (typeof stopModes)[number]

const toTrainerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), plan: z.unknown() }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('stop'), mode: z.enum(stopModes) }),
])
export type ToTrainer = z.infer<typeof toTrainerSchema>

const fromTrainerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('event'), event: trainEventSchema }),
  z.object({ type: z.literal('failed'), code: errorCode, message: z.string(), hint: z.string() }),
])
export type FromTrainer = z.infer<typeof fromTrainerSchema>

/** @throws StudioError `internal` when the message is none the trainer knows */
export const parseToTrainer = (message: unknown): ToTrainer => parse(toTrainerSchema, message, 'host')

/** @throws StudioError `internal` when the message is none the host knows */
export const parseFromTrainer = (message: unknown): FromTrainer =>
  parse(fromTrainerSchema, message, 'trainer')

function parse<T>(schema: z.ZodType<T>, message: unknown, sender: string): T {
  const result = schema.safeParse(message)
  if (result.success) return result.data
  throw new StudioError(
    'internal',
    `The ${sender} sent a message that is not understood: ${z.prettifyError(result.error)}`,
    'This is a defect of PEFT Studio; please report it with the log of the run.',
  )
}
