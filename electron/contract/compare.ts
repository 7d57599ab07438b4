/** Saved runs side by side: curves, settings, figures, samples, saved comparisons, export. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import {
  bandsInput,
  bandsSchema,
  curveAxes,
  curveMetrics,
  curvesInput,
  curvesSchema,
  runIdsSchema,
  sparklineSchema,
  sparklinesInput,
} from './compare-curves.ts'
import { comparedSamplesSchema, comparisonTableSchema, figureFormats } from './compare-table.ts'
import { instant } from './shared.ts'

/** Names of what curves show: the one place where a metric or axis is labelled. */
export const vocabularySchema = z.object({
  metrics: z.array(
    z.object({
      key: z.enum(curveMetrics),
      label: z.string(),
      help: z.string(),
      format: z.enum(figureFormats),
      better: z.enum(['lower', 'higher']).nullable(),
    }),
  ),
  axes: z.array(
    z.object({ key: z.enum(curveAxes), label: z.string(), help: z.string(), format: z.enum(figureFormats) }),
  ),
})
export type Vocabulary = z.infer<typeof vocabularySchema>

/** How a comparison is looked at. */
export const viewSchema = z.object({
  axis: z.enum(curveAxes).default('step'),
  smoothing: z.number().min(1).max(100_000).default(1),
  logX: z.boolean().default(false),
  logY: z.boolean().default(false),
  clipOutliers: z.boolean().default(true),
  /** A setting by whose values runs are grouped, `seed` for runs that differ in the seed alone; null = each on its own. */
  groupBy: z.string().nullable().default(null),
  hidden: z.array(z.string()).default([]),
})
export type ComparisonView = z.infer<typeof viewSchema>

const content = {
  name: z.string().trim().min(1, 'a comparison needs a name').max(200),
  runIds: runIdsSchema,
  /** The run that others are held against. */
  baselineId: z.string().nullable(),
  view: viewSchema,
}

export const comparisonSchema = z.object({
  id: z.string(),
  ...content,
  createdAt: instant,
  updatedAt: instant,
})
export type Comparison = z.infer<typeof comparisonSchema>

export const exportContents = ['steps.csv', 'evaluations.csv', 'figures.csv', 'runs.json'] as const

export const compareContract = {
  vocabulary: oc.output(vocabularySchema),
  /** Curves of several runs and metrics over one axis, reduced to what a chart can show. */
  curves: oc.input(curvesInput).output(curvesSchema),
  /** Means of groups of runs with the spread within each. */
  bands: oc.input(bandsInput).output(bandsSchema),
  sparklines: oc.input(sparklinesInput).output(z.array(sparklineSchema)),
  /** Settings, figures, fairness and noise of seeds. */
  table: oc.input(z.object({ runIds: runIdsSchema })).output(comparisonTableSchema),
  /** Generated texts of the same prompts; `step` = the last ones up to there. */
  samples: oc
    .input(z.object({ runIds: runIdsSchema, step: z.int().nonnegative().nullable() }))
    .output(comparedSamplesSchema),
  saved: {
    list: oc.output(z.array(comparisonSchema)),
    get: oc.input(z.object({ id: z.string() })).output(comparisonSchema),
    create: oc.input(z.object(content)).output(comparisonSchema),
    change: oc.input(z.object({ id: z.string(), ...content })).output(comparisonSchema),
    remove: oc.input(z.object({ id: z.string() })).output(z.void()),
  },
  /** A file of exactly the stored values; the ticket is good for one fetch of `/download/<ticket>`. */
  export: oc
    .input(z.object({ runIds: runIdsSchema, content: z.enum(exportContents) }))
    .output(z.object({ ticket: z.string(), name: z.string() })),
}
