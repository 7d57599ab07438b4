/** Curves of runs over one of six x-axes, as the charts draw them. */
import { z } from 'zod'
import { count, measured } from './shared.ts'

/** What is measured along a run; labels and units come with `compare.vocabulary`. */
export const curveMetrics = [
  'loss',
  'validationLoss',
  'learningRate',
  'gradientNorm',
  'usefulTokensPerSecond',
  'secondsPerStep',
  'peakMemoryBytes',
] as const
export type CurveMetric = (typeof curveMetrics)[number]

export const curveAxes = ['step', 'epoch', 'tokens', 'examples', 'processSeconds', 'wallSeconds'] as const
export type CurveAxis = (typeof curveAxes)[number]

/** Most runs that one question may name. */
export const mostRuns = 50

/** A column of numbers: base64 of little-endian doubles, so that NaN and every digit survive and nothing walks over them. */
export const columnSchema = z.string()

export const runIdsSchema = z.array(z.string().min(1)).min(1).max(mostRuns)

const axisInput = {
  axis: z.enum(curveAxes),
  /** Buckets of equal width in log₂ x instead of x, for a logarithmic x-axis. */
  logX: z.boolean().default(false),
  /** The visible part of the axis; without it everything. */
  range: z.object({ from: z.number(), to: z.number() }).optional(),
  /** About how many buckets the visible part is cut into: half the chart's pixels is enough. */
  buckets: z.int().min(8).max(8_192),
  /**
   * Steps of an exponential mean whose values are as old on average as those of a moving average over that many steps;
   * 1 = none.
   */
  smoothing: z.number().min(1).max(100_000).default(1),
}

export const curvesInput = z.object({
  runIds: runIdsSchema,
  metrics: z.array(z.enum(curveMetrics)).min(1),
  ...axisInput,
})
export type CurvesInput = z.input<typeof curvesInput>

/** Of the whole curve, whatever part of it is asked for; null where no value is a number. */
export const curveSummarySchema = z.object({
  /** Stored values, those that are no numbers included. */
  points: count,
  notNumbers: count,
  min: z.number().nullable(),
  minX: z.number().nullable(),
  minStep: count.nullable(),
  max: z.number().nullable(),
  maxX: z.number().nullable(),
  maxStep: count.nullable(),
  last: measured.nullable(),
  lastX: z.number().nullable(),
  lastStep: count.nullable(),
  lastSmooth: z.number().nullable(),
})
export type CurveSummary = z.infer<typeof curveSummarySchema>

export const curveSchema = z.object({
  runId: z.string(),
  metric: z.enum(curveMetrics),
  /** Whether buckets held more points than the two that were kept. */
  reduced: z.boolean(),
  /** Stored values in the order of x: all of them, or the least and the greatest of each bucket. Ends one point outside the range. */
  x: columnSchema,
  y: columnSchema,
  /** Steps of those points. */
  step: columnSchema,
  /** The smoothed curve, computed over every stored value: its value at the last point of each bucket. */
  smoothX: columnSchema,
  smoothY: columnSchema,
  /** Where values are no numbers: the first such x of each bucket. */
  notNumberX: columnSchema,
  summary: curveSummarySchema,
})
export type Curve = z.infer<typeof curveSchema>

export const curvesSchema = z.object({
  /** In the order of the metrics asked for, and of the runs within each. */
  curves: z.array(curveSchema),
  /** x of all points of these runs, not of the range alone; null while there is none. */
  extent: z.object({ from: z.number(), to: z.number() }).nullable(),
  /** Width of the buckets in x (in octaves with `logX`): a power of two, so that buckets stay where they are as a run grows. */
  bucketWidth: z.number(),
})
export type Curves = z.infer<typeof curvesSchema>

export const bandsInput = z.object({
  groups: z
    .array(z.object({ name: z.string(), runIds: runIdsSchema }))
    .min(1)
    .max(mostRuns),
  metric: z.enum(curveMetrics),
  ...axisInput,
})
export type BandsInput = z.input<typeof bandsInput>

/** The mean of a group's smoothed curves, and one standard deviation to each side where two or more runs have a value. */
export const bandSchema = z.object({
  name: z.string(),
  x: columnSchema,
  mean: columnSchema,
  low: columnSchema,
  high: columnSchema,
  /** Runs that have a value at each x. */
  runs: columnSchema,
})
export type Band = z.infer<typeof bandSchema>

export const bandsSchema = z.object({
  bands: z.array(bandSchema),
  extent: z.object({ from: z.number(), to: z.number() }).nullable(),
  bucketWidth: z.number(),
})
export type Bands = z.infer<typeof bandsSchema>

export const sparklinesInput = z.object({
  runIds: z.array(z.string().min(1)).min(1).max(200),
  metric: z.enum(curveMetrics),
  points: z.int().min(8).max(512),
})

/** Small pictures of curves by step. */
export const sparklineSchema = z.object({ runId: z.string(), x: columnSchema, y: columnSchema })
export type Sparkline = z.infer<typeof sparklineSchema>
