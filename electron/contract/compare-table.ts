/** What tells runs apart and how they did: settings, figures, fairness, noise of seeds, samples. */
import { z } from 'zod'
import { count, instant, measured } from './shared.ts'

/** How a figure is written. */
export const figureFormats = [
  'loss',
  'count',
  'bytes',
  'seconds',
  'rate',
  'perSecond',
  'share',
  'instant',
] as const
export type FigureFormat = (typeof figureFormats)[number]

export const comparedRunSchema = z.object({
  id: z.string(),
  name: z.string(),
  method: z.string(),
  methodTitle: z.string(),
  model: z.string(),
  dataset: z.string(),
  datasetVersionId: z.string(),
  status: z.string(),
  createdAt: instant,
})
export type ComparedRun = z.infer<typeof comparedRunSchema>

export const settingGroups = ['model', 'data', 'method', 'optimiser', 'environment'] as const
export type SettingGroup = (typeof settingGroups)[number]

/** One setting of all compared runs. */
export const settingSchema = z.object({
  key: z.string(),
  group: z.enum(settingGroups),
  label: z.string(),
  help: z.string(),
  /** By run; `used: false` where the run's method has no such setting. */
  cells: z.array(z.object({ used: z.boolean(), value: z.json() })),
  differs: z.boolean(),
  /**
   * It differs only in that some methods do not have it, it is set rarely, and all that have it keep its default: worth
   * little in a list of differences.
   */
  minor: z.boolean(),
})
export type Setting = z.infer<typeof settingSchema>

/** One figure of all compared runs. */
export const figureSchema = z.object({
  key: z.string(),
  label: z.string(),
  help: z.string(),
  format: z.enum(figureFormats),
  /** Which way is better; null where neither is. */
  better: z.enum(['lower', 'higher']).nullable(),
  /** By run; null while unknown. */
  values: z.array(measured.nullable()),
})
export type Figure = z.infer<typeof figureSchema>

/** Why a difference between the runs may not be due to what was meant to be compared. */
export const fairnessSchema = z.object({
  /** `unfair`: figures cannot be held against each other; `note`: worth knowing. */
  severity: z.enum(['unfair', 'note']),
  /** The setting or figure it is about. */
  about: z.string(),
  message: z.string(),
})
export type Fairness = z.infer<typeof fairnessSchema>

/** Runs that differ in nothing but the seed. */
export const seedGroupSchema = z.object({
  name: z.string(),
  runIds: z.array(z.string()),
  seeds: z.array(z.number()),
})
export type SeedGroup = z.infer<typeof seedGroupSchema>

/** Spread of one figure over seeds, and which differences between groups it could explain. */
export const seedNoiseSchema = z.object({
  figure: z.string(),
  /** By seed group. */
  groups: z.array(z.object({ mean: z.number().nullable(), deviation: z.number().nullable(), runs: count })),
  /** Pooled standard deviation over groups of two and more runs; null where there is no such group. */
  deviation: z.number().nullable(),
  /** A difference between two single runs that chance alone would exceed once in twenty times. */
  single: z.number().nullable(),
  /** Pairs of groups (places in the list) and the difference that chance alone would exceed once in twenty times. */
  pairs: z.array(
    z.object({ a: count, b: count, difference: z.number(), noise: z.number(), withinNoise: z.boolean() }),
  ),
})
export type SeedNoise = z.infer<typeof seedNoiseSchema>

export const comparisonTableSchema = z.object({
  /** In the order asked for; runs that are gone are left out. */
  runs: z.array(comparedRunSchema),
  missing: z.array(z.string()),
  settings: z.array(settingSchema),
  figures: z.array(figureSchema),
  fairness: z.array(fairnessSchema),
  seedGroups: z.array(seedGroupSchema),
  seedNoise: z.array(seedNoiseSchema),
})
export type ComparisonTable = z.infer<typeof comparisonTableSchema>

export const sampleCellSchema = z.object({
  step: count,
  output: z.string(),
  settings: z.record(z.string(), z.json()),
})

/** What the runs wrote for the same prompts. */
export const comparedSamplesSchema = z.object({
  runIds: z.array(z.string()),
  /** Steps at which any of the runs wrote something. */
  steps: z.array(count),
  prompts: z.array(
    z.object({
      prompt: z.string(),
      /** By run: its last text up to the step asked for. */
      cells: z.array(sampleCellSchema.nullable()),
    }),
  ),
})
export type ComparedSamples = z.infer<typeof comparedSamplesSchema>
