/** The first screen: the working example, its one button, and what to do next. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { modelCardSchema } from './models.ts'
import { count } from './shared.ts'

export const exampleSchema = z.object({
  model: modelCardSchema,
  dataset: z.object({
    /** Version id for the datasets and train screens. */
    versionId: z.string(),
    datasetId: z.string(),
    title: z.string(),
    description: z.string(),
    rows: count,
    validationRows: count,
    /** The first rows as they are, by column. */
    sample: z.array(z.record(z.string(), z.string())),
  }),
  methods: z.array(
    z.object({ name: z.string(), title: z.string(), taxonomy: z.string(), explain: z.string() }),
  ),
  steps: count,
  /** How long all of it takes, as measured by the authors. */
  takes: z.string(),
  /** The comparison made with the button before, newest. */
  comparison: z
    .object({
      id: z.string(),
      runIds: z.array(z.string()),
      /** Runs that are complete, that ended without completing, and that wait, run or pause. */
      completed: count,
      ended: count,
      active: count,
    })
    .nullable(),
})
export type Example = z.infer<typeof exampleSchema>

export const homeContract = {
  example: oc.output(exampleSchema),
  /** Queues one run per method of the example and saves their comparison; the same one while its runs go on. */
  compareExample: oc.output(z.object({ comparisonId: z.string(), runIds: z.array(z.string()) })),
}
