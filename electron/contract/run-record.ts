/** The record of a run: the one definition for the store and for the wire. */
import { z } from 'zod'
import { count, failureSchema, instant, measured } from './shared.ts'

export const runStatuses = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'completed',
  'failed',
  'cancelled',
] as const
export type RunStatus = (typeof runStatuses)[number]

/** The full plan of a run as the engine validated it; opaque to the store. */
export const planDocumentSchema = z.record(z.string(), z.json())
export type PlanDocument = z.infer<typeof planDocumentSchema>

export const environmentSchema = z.object({
  studio: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
  /** Versions of the packages that compute. */
  packages: z.record(z.string(), z.string()),
})
export type RunEnvironment = z.infer<typeof environmentSchema>

export const lineageKinds = ['fork', 'resume'] as const

/** Where a run comes from: a changed copy of another (`fork`), or its continuation (`resume`). */
export const lineageSchema = z.object({
  parentRunId: z.string(),
  kind: z.enum(lineageKinds),
  /** Step of the parent's checkpoint it began with; null = the parent's settings only. */
  step: count.nullable(),
})
export type Lineage = z.infer<typeof lineageSchema>

/** How a run came to its end, in a word for programs and a sentence for people. */
export const endReasons = [
  'completed',
  'early-stopping',
  'stopped',
  'discarded',
  'watchdog',
  'removed',
  'failed',
  'cut-off',
] as const
export const endingSchema = z.object({ reason: z.enum(endReasons), message: z.string() })
export type Ending = z.infer<typeof endingSchema>

/** Known once training starts. */
export const runFactsSchema = z.object({
  device: z.string().nullable(),
  plannedSteps: count.nullable(),
  trainableParameters: count.nullable(),
  totalParameters: count.nullable(),
  /** Validation loss of the base model without the adapter, nats per labelled token. */
  baseValidationLoss: measured.nullable(),
})
export type RunFacts = z.infer<typeof runFactsSchema>

/** Known once training ends. Losses are nats per labelled token. */
export const runResultSchema = z.object({
  trainLoss: measured.nullable(),
  validationLoss: measured.nullable(),
  usefulTokensPerSecond: measured.nullable(),
  peakMemoryBytes: count.nullable(),
  seconds: measured.nullable(),
  adapterPath: z.string().nullable(),
  adapterBytes: count.nullable(),
  /** The step whose values the adapter holds: the last one, or the best where the best is kept. */
  keptStep: count.nullable(),
})
export type RunResult = z.infer<typeof runResultSchema>

export const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  method: z.string(),
  modelId: z.string(),
  datasetVersionId: z.string(),
  status: z.enum(runStatuses),
  config: planDocumentSchema,
  environment: environmentSchema,
  lineage: lineageSchema.nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  ...runFactsSchema.shape,
  ...runResultSchema.shape,
  /** The last step recorded; 0 before the first. */
  lastStep: count,
  /** Best validation loss so far and its step. */
  best: z.object({ step: count, validationLoss: measured }).nullable(),
  /** Place in the queue, from 0; null when it does not wait. */
  queuePosition: count.nullable(),
  /** Null while it has not ended. */
  ending: endingSchema.nullable(),
  error: failureSchema.nullable(),
  tags: z.array(z.string()),
  notes: z.string(),
  /** When it was put into the bin. */
  deletedAt: instant.nullable(),
})
export type Run = Readonly<z.infer<typeof runSchema>>
