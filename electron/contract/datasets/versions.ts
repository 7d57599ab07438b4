/** The datasets of the studio, their versions, and what differs between two versions. */
import { z } from 'zod'
import { count, instant } from '../shared.ts'
import { splitSchema } from './cells.ts'
import { datasetFormatSchema } from './mapping.ts'

export const versionSchema = z.object({
  /** `<dataset>@<number>` */
  id: z.string(),
  datasetId: z.string(),
  number: count,
  /** SHA-256 over the rows with their split: equal hashes, equal training data. */
  contentHash: z.string(),
  rows: count,
  validationRows: count,
  bytes: count,
  /** Of the rows; null where a run took a file as it was. */
  format: datasetFormatSchema.nullable(),
  columns: z.array(z.string()),
  note: z.string(),
  /** The version it was made from; null for the first. */
  parentId: z.string().nullable(),
  createdAt: instant,
  /** Runs that use it. */
  runs: z.array(z.object({ id: z.string(), name: z.string() })),
})
export type DatasetVersionRecord = z.infer<typeof versionSchema>

export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** `built-in` comes with the studio; `imported` is edited here; `file` was given to a run by its path. */
  kind: z.enum(['built-in', 'imported', 'file']),
  /** Where the rows came from, for people: a path, "clipboard", "copy of …". */
  source: z.string(),
  /** A sentence about it where there is one; else `''`. */
  description: z.string(),
  createdAt: instant.nullable(),
  /** Newest first is not promised: the last number is the latest. */
  latest: versionSchema.omit({ runs: true }),
  versions: count,
  /** Whether the working rows differ from every version. */
  unsaved: z.boolean(),
  /** Bad rows of the import. */
  badRows: count,
  /** Runs on any of its versions. */
  runs: count,
  /** When it was put into the bin; null: it is not there. */
  deletedAt: instant.nullable(),
})
export type DatasetRecord = z.infer<typeof datasetSchema>

export const diffKinds = ['added', 'removed', 'changed'] as const

/** Rows are recognised by their id (within one dataset), else by their content, which leaves no `changed`. */
export const diffSummarySchema = z.object({
  added: count,
  removed: count,
  /** Other content or another split. */
  changed: count,
  unchanged: count,
  /** Rows that are in both stand in another order. */
  reordered: z.boolean(),
  matchedBy: z.enum(['row', 'content']),
  /** Columns of either side. */
  columns: z.array(z.string()),
})
export type DiffSummary = z.infer<typeof diffSummarySchema>

export const diffSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready'), summary: diffSummarySchema }),
  z.object({ state: z.literal('preparing'), jobId: z.string() }),
])

/** The row as a version holds it: column → text (as a cell shows it; long ones cut). */
const side = z.object({
  split: splitSchema,
  /** Place among the rows of its split, from 1. */
  number: count,
  cells: z.record(z.string(), z.string()),
})
export const diffRowSchema = z.object({
  kind: z.enum(diffKinds),
  before: side.nullable(),
  after: side.nullable(),
  /** Of a changed row: the columns that differ. */
  columns: z.array(z.string()),
})
export type DiffRow = z.infer<typeof diffRowSchema>
