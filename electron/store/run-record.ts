/** What the store knows about a run. */
import { z } from 'zod'

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
export const planSchema = z.record(z.string(), z.json())
export type PlanDocument = z.infer<typeof planSchema>

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

export const runErrorSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() })
export type RunError = z.infer<typeof runErrorSchema>

/** Where a run comes from: a changed copy of another (`fork`), or its continuation (`resume`). */
export interface Lineage {
  readonly parentRunId: string
  readonly kind: 'fork' | 'resume'
}

export interface NewRun {
  readonly name: string
  readonly method: string
  readonly modelId: string
  readonly datasetVersionId: string
  readonly config: PlanDocument
  readonly environment: RunEnvironment
  readonly lineage?: Lineage
}

/** Known once training starts. */
export interface RunFacts {
  readonly device: string | null
  readonly plannedSteps: number | null
  readonly trainableParameters: number | null
  readonly totalParameters: number | null
  /** Validation loss of the base model without the adapter, nats per labelled token. */
  readonly baseValidationLoss: number | null
}

/** Known once training ends. Losses are nats per labelled token. */
export interface RunResult {
  readonly trainLoss: number | null
  readonly validationLoss: number | null
  readonly usefulTokensPerSecond: number | null
  readonly peakMemoryBytes: number | null
  readonly seconds: number | null
  readonly adapterPath: string | null
  readonly adapterBytes: number | null
}

/** Times are milliseconds since 1970 (UTC). */
export interface Run extends Omit<NewRun, 'lineage'>, RunFacts, RunResult {
  readonly id: string
  readonly status: RunStatus
  readonly lineage: Lineage | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly error: RunError | null
}
