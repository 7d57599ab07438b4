/** Devices: what there is, what was measured on each, and which one a run would be computed on. */
import { z } from 'zod'
import { count, instant } from './shared.ts'

/** Two real steps, timed after one that warmed up. */
export const measurementSchema = z.object({
  /** What was measured. */
  device: z.object({ id: z.string(), title: z.string() }),
  millisecondsPerStep: z.number(),
  /** Learned tokens per second. */
  usefulTokensPerSecond: z.number(),
  peakMemoryBytes: count,
  /** Of one batch; null without validation rows. */
  millisecondsPerEvaluationBatch: z.number().nullable(),
  /** From the start of the process to the first step: reading, tokenising, compiling. */
  startSeconds: z.number(),
  /** Whether something else was being trained meanwhile. */
  disturbed: z.boolean(),
  measuredAt: instant,
})
export type Measurement = z.infer<typeof measurementSchema>

/**
 * What became of a device when all were measured. `ranked`: its results are right; `wrong`: they differ from the
 * reference's; `failed`: it did not open, or did not survive; `too-small`: the run does not fit into it; `too-slow`: it was
 * stopped when it could not become the fastest any more.
 */
export const verdicts = ['ranked', 'wrong', 'failed', 'too-small', 'too-slow'] as const

export const rankedDeviceSchema = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(verdicts),
  /** Why it is not ranked, or what its speed costs. */
  because: z.string().nullable(),
  measurement: measurementSchema.nullable(),
  /** Greatest difference of its losses from the reference's, in nats; null where there is nothing to compare. */
  lossDifference: z.number().nullable(),
})
export type RankedDevice = z.infer<typeof rankedDeviceSchema>

export const rankingSchema = z.object({
  /** What was computed, in words. */
  workload: z.string(),
  measuredAt: instant,
  /** The fastest first, then those that are out. */
  devices: z.array(rankedDeviceSchema),
})
export type Ranking = z.infer<typeof rankingSchema>

export const deviceSchema = z.object({
  id: z.string(),
  runtime: z.string(),
  title: z.string(),
  available: z.boolean(),
  /** Why it is not available, or what it is. */
  detail: z.string(),
  driver: z.string().nullable(),
  memoryBytes: count.nullable(),
  /** What was last measured on it, with whatever workload; null until it has been measured here. */
  measured: rankedDeviceSchema
    .pick({ verdict: true, because: true, measurement: true, lossDifference: true })
    .extend({
      /** "fastest", "2.1× slower", "wrong results". */
      found: z.string(),
      workload: z.string(),
      measuredAt: instant,
    })
    .nullable(),
})
export type Device = z.infer<typeof deviceSchema>

/** Where a run would be computed. */
export const plannedDeviceSchema = z.object({
  /** Null where that is measured when the run starts. */
  id: z.string().nullable(),
  title: z.string(),
  /** "fastest of 3 measured: 1.8× the processor". */
  why: z.string(),
  /** What was asked for: `auto`, or the id of a device. */
  asked: z.string(),
  /** What may be asked for instead, `auto` first. */
  options: z.array(z.object({ id: z.string(), title: z.string(), note: z.string() })),
})
export type PlannedDevice = z.infer<typeof plannedDeviceSchema>
