/** Long work of the host (import, download, hashing, probes): progress, cancel, outcome. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { count, failureSchema, instant } from './shared.ts'

export const jobStates = ['running', 'done', 'failed', 'cancelled'] as const

export const jobSchema = z.object({
  id: z.string(),
  /** Which work it is, e.g. `dataset.import`. */
  kind: z.string(),
  /** For the status bar: "Importing reviews.csv". */
  title: z.string(),
  state: z.enum(jobStates),
  /** Units done so far (bytes, rows, steps); what they are is said in `unit`. */
  done: count,
  /** All units, null while unknown. */
  total: count.nullable(),
  unit: z.string(),
  /** What is going on right now, in a few words. */
  note: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  /** What the work made, once it is done; its shape belongs to the kind. */
  result: z.unknown(),
  error: failureSchema.nullable(),
})
export type JobRecord = z.infer<typeof jobSchema>

export const jobsContract = {
  /** Running jobs, and those that ended in this session of the host, newest first. */
  list: oc.output(z.array(jobSchema)),
  /** The job as it is now, and again each time it changes, until it has ended. */
  watch: oc.input(z.object({ id: z.string() })).output(eventIterator(jobSchema)),
  cancel: oc.input(z.object({ id: z.string() })).output(z.void()),
}
