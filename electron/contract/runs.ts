/** Runs: asking for one, the queue, watching it live, steering it, and what is kept of it. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { trainingSettingsSchema } from '../../engine/train/plan.ts'
import { plannedDeviceSchema } from './devices.ts'
import { runSchema } from './run-record.ts'
import { count, failureSchema, instant, measured } from './shared.ts'

/** What a person asks for: references, the method with what differs from its defaults, and how to train. */
export const runRequestSchema = z.object({
  modelId: z.string().min(1),
  datasetVersionId: z.string().min(1),
  method: z.string().min(1),
  methodConfig: z.record(z.string(), z.unknown()).default({}),
  /** Settings that differ from the defaults of the method; the rest is completed. */
  training: trainingSettingsSchema.partial().default({}),
  name: z.string().trim().max(120).optional(),
  /** Pinned prompts, answered along the way. */
  prompts: z.array(z.string().trim().min(1).max(4_000)).max(12).default([]),
  /** Answers the prompts after every so many steps; left out: with each evaluation. */
  sampleEvery: z.int().min(0).optional(),
})
/** As a caller writes it: what has a default may be left out. */
export type RunRequest = z.input<typeof runRequestSchema>

/** A changed copy of a run that begins with what the checkpoint holds. */
export const forkRequestSchema = z.object({
  id: z.string(),
  /** Step of one of the run's checkpoints. */
  step: count,
  /** What differs from the run it comes from. */
  methodConfig: z.record(z.string(), z.unknown()).default({}),
  training: trainingSettingsSchema.partial().default({}),
  /** Other data for the same method. */
  datasetVersionId: z.string().optional(),
  name: z.string().trim().max(120).optional(),
})
export type ForkRequest = z.input<typeof forkRequestSchema>

/** Something that stands in the way of a run, or that the person should know before it starts. */
export const concernSchema = failureSchema.extend({
  /** Where it is mended. */
  place: z.enum(['model', 'data', 'method', 'training', 'device', 'memory', 'disk', 'queue']),
})
export type Concern = z.infer<typeof concernSchema>

export const previewSchema = z.object({
  /** Nothing is missing: `create` with the same request will not be refused. */
  ready: z.boolean(),
  /** What is missing, each with its remedy; empty when ready. */
  missing: z.array(concernSchema),
  /** What looks wrong but does not keep the run from starting. */
  advice: z.array(concernSchema),
  name: z.string(),
  model: z.object({ id: z.string(), name: z.string() }).nullable(),
  data: z.object({ versionId: z.string(), name: z.string() }).nullable(),
  method: z.object({ name: z.string(), title: z.string() }).nullable(),
  /** Settings that differ from the method's defaults. */
  changed: z.array(
    z.object({
      group: z.enum(['method', 'training']),
      key: z.string(),
      label: z.string(),
      value: z.unknown(),
      default: z.unknown(),
    }),
  ),
  steps: count.nullable(),
  time: z
    .object({
      seconds: measured,
      secondsPerStep: measured,
      /** A measurement of this very shape, earlier runs like it, or one of another shape scaled by tokens. */
      basis: z.enum(['measured', 'earlier runs', 'scaled']),
      detail: z.string(),
    })
    .nullable(),
  memory: z.object({ totalBytes: count, limitBytes: count, fits: z.boolean() }).nullable(),
  /** Null where what is asked for cannot be had, which is then missing. */
  device: plannedDeviceSchema.nullable(),
  /** What happens on start: at once, behind so many runs, or not before the queue goes on. */
  start: z.object({ when: z.enum(['now', 'later', 'held']), ahead: count }),
})
export type RunPreview = z.infer<typeof previewSchema>

export const stepSchema = z.object({
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
})

export const evaluationSchema = z.object({
  type: z.literal('evaluation'),
  step: count,
  validationLoss: measured,
  best: z.boolean(),
  seconds: z.number(),
})

/** A line of a run's diary. */
export const logEntrySchema = z.object({
  id: count,
  step: count,
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  /** What to do about it, where something can be done. */
  hint: z.string().nullable(),
  /** Which finding of the watchdog it is; null for everything else. */
  finding: z.string().nullable(),
  createdAt: instant,
})
export type LogEntry = z.infer<typeof logEntrySchema>

/** A pinned prompt's answer after a step. */
export const sampleSchema = z.object({
  id: count,
  step: count,
  prompt: z.string(),
  output: z.string(),
  /** Tokens of the output; as many as `settings.maxTokens` where it was cut there. */
  tokens: count.nullable(),
  settings: z.record(z.string(), z.json()),
  createdAt: instant,
})
export type RunSample = z.infer<typeof sampleSchema>

export const checkpointSchema = z.object({ step: count, bytes: count, createdAt: instant })
export type RunCheckpoint = z.infer<typeof checkpointSchema>

/**
 * One message of a live stream: everything that became known since the message before. `rewind` counts before all else.
 */
export const liveSchema = z.object({
  /** The run as it is now; null when it has not changed. */
  run: runSchema.nullable(),
  /**
   * A trainer began again from this step: what the reader has behind it (steps, evaluations, samples) is void and comes
   * anew. Null almost always.
   */
  rewind: count.nullable(),
  /** The curve stands here once this message is taken in; in the first one, what lies before it is asked for elsewhere. */
  position: count,
  steps: z.array(stepSchema),
  evaluations: z.array(evaluationSchema),
  log: z.array(logEntrySchema),
  samples: z.array(sampleSchema),
  /** All checkpoints there are now; null when they have not changed. */
  checkpoints: z.array(checkpointSchema).nullable(),
})
export type LiveMessage = z.infer<typeof liveSchema>

/** What the status bar and the dock show. */
export const activitySchema = z.object({
  active: z
    .object({
      runId: z.string(),
      name: z.string(),
      method: z.string(),
      /** `starting` until the first step: model, data and graphs are being made ready. */
      state: z.enum(['starting', 'training', 'paused', 'stopping']),
      step: count,
      steps: count.nullable(),
      /** From 0 to 1; null while the number of steps is unknown. */
      fraction: z.number().nullable(),
      /** Seconds to the end at the present pace; null while unknown. */
      secondsLeft: measured.nullable(),
      loss: measured.nullable(),
      validationLoss: measured.nullable(),
      usefulTokensPerSecond: measured.nullable(),
    })
    .nullable(),
  waiting: count,
  queue: z.enum(['going', 'held']),
})
export type Activity = z.infer<typeof activitySchema>

export const holdReasons = ['asked', 'restart', 'failure'] as const

export const queueSchema = z.object({
  /** Null: the queue goes on by itself. Otherwise why it waits for the person. */
  held: z
    .object({ reason: z.enum(holdReasons), message: z.string(), runId: z.string().nullable() })
    .nullable(),
  active: z.string().nullable(),
  /** In the order in which they will run. */
  waiting: z.array(runSchema),
  /** Runs that were cut off and can go on, newest first. */
  interrupted: z.array(runSchema),
  continueAfterFailure: z.boolean(),
})
export type QueueState = z.infer<typeof queueSchema>

const byId = z.object({ id: z.string() })

export const runsContract = {
  /** Computed by what would train: ready, or what is missing; never fails for what is wrong with the request. */
  preview: oc.input(runRequestSchema).output(previewSchema),
  /** Appends a run to the queue; it starts at once where nothing else runs or waits. */
  create: oc.input(runRequestSchema).output(runSchema),
  /** As `create`, from a checkpoint of another run. */
  fork: oc.input(forkRequestSchema).output(runSchema),

  /** Newest first; `bin: true` lists the bin instead. */
  list: oc
    .input(z.object({ bin: z.boolean().default(false) }).default({ bin: false }))
    .output(z.array(runSchema)),
  get: oc.input(byId).output(runSchema),
  rename: oc.input(byId.extend({ name: z.string().trim().min(1).max(120) })).output(runSchema),
  tag: oc.input(byId.extend({ tags: z.array(z.string().trim().min(1).max(40)).max(20) })).output(runSchema),
  note: oc.input(byId.extend({ notes: z.string().max(20_000) })).output(runSchema),
  /** Out of sight, not gone. A waiting run leaves the queue; a running one is refused. */
  bin: oc.input(byId).output(runSchema),
  restore: oc.input(byId).output(runSchema),
  /** Gone with its files in the data folder. Only runs in the bin. */
  remove: oc.input(byId).output(z.void()),
  /** The family of a run: where it comes from and what came from it, oldest first. */
  lineage: oc.input(byId).output(z.array(runSchema)),
  checkpoints: oc.input(byId).output(z.array(checkpointSchema)),
  samples: oc.input(byId).output(z.array(sampleSchema)),
  log: oc.input(byId.extend({ after: count.default(0) })).output(z.array(logEntrySchema)),

  /**
   * Follows a run until the reader leaves. The first message holds the run, evaluations, log, samples and checkpoints so
   * far, and the steps after `after` (left out: the last one alone); `position` says where the curve stands. Joined again
   * with the last id, nothing is missing and nothing comes twice, across restarts of trainer and host.
   */
  live: oc.input(byId.extend({ after: count.optional() })).output(eventIterator(liveSchema)),
  /** What is going on now, and again when it changes, a few times a second at most. */
  activity: oc.output(eventIterator(activitySchema)),

  /** The present step is finished, then it waits; nothing is lost. */
  pause: oc.input(byId).output(runSchema),
  /**
   * A paused run goes on in place; one that was cut off, stopped or failed is queued in front, from its last checkpoint; with
   * `device` it is computed there from now on.
   */
  resume: oc.input(byId.extend({ device: z.string().optional() })).output(runSchema),
  /** `keep` saves what was learned so far as the adapter, `discard` leaves no adapter and no checkpoint. */
  stop: oc.input(byId.extend({ mode: z.enum(['keep', 'discard']) })).output(runSchema),

  queue: {
    get: oc.output(queueSchema),
    /** Puts a waiting run in front of another, or (null) at the end. */
    move: oc.input(byId.extend({ before: z.string().nullable() })).output(queueSchema),
    /** Puts a run that ended before its last step, or left the queue, into it: in front of another, or (null) at the end. */
    add: oc.input(byId.extend({ before: z.string().nullable().default(null) })).output(queueSchema),
    /** Takes a waiting run out: one that never started goes to the bin, others are what they were before. */
    remove: oc.input(byId).output(queueSchema),
    /** No further run starts; the one that runs goes on. */
    hold: oc.output(queueSchema),
    proceed: oc.output(queueSchema),
  },
}
