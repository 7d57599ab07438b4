/** What is imported, and what a look at it tells. */
import { z } from 'zod'
import { count } from '../shared.ts'
import { badRowSchema, cellSchema, columnKinds, splitSchema } from './cells.ts'
import { mappingFitSchema, mappingSchema } from './mapping.ts'

export const sourceSchema = z.discriminatedUnion('kind', [
  /**
   * A file on the host's disk, or a folder: its data files named `train…` and `validation…` (also valid, val, dev, eval,
   * test) are taken, several of a part one after the other.
   */
  z.object({ kind: z.literal('file'), path: z.string().min(1) }),
  /** A file that the page gave to the host (`/upload`). */
  z.object({ kind: z.literal('upload'), uploadId: z.string() }),
  /** Text from the clipboard. */
  z.object({
    kind: z.literal('text'),
    text: z
      .string()
      .min(1)
      .max(64 * 1024 * 1024),
  }),
])
export type Source = z.infer<typeof sourceSchema>

export const fileFormats = ['jsonl', 'json', 'csv', 'txt', 'parquet'] as const
export const delimiters = [',', ';', '\t', '|'] as const

/** How bytes become rows. The three settings behind the format belong to CSV (with TSV) and to plain text. */
export const readingSchema = z.object({
  format: z.enum(fileFormats),
  delimiter: z.enum(delimiters),
  /** Whether the first line names the columns; else they are called column_1, column_2, … */
  header: z.boolean(),
  /** A row of plain text is a line, or a paragraph between blank lines. */
  textUnit: z.enum(['line', 'paragraph']),
})
export type Reading = z.infer<typeof readingSchema>

/** Settings the person has changed; the others are detected. */
const readingChoiceSchema = readingSchema.partial()
export type ReadingChoice = z.infer<typeof readingChoiceSchema>

export const detectInputSchema = z.object({
  source: sourceSchema,
  reading: readingChoiceSchema.optional(),
  /** A mapping to try instead of the detected one. */
  mapping: mappingSchema.optional(),
})

export const detectionSchema = z.object({
  /** A name for the dataset, from the file's. */
  name: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: count, split: splitSchema })),
  /** As detected, with the person's changes. */
  reading: readingSchema,
  /** In the order of their first appearance. */
  columns: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(columnKinds),
      /** Rows (of those looked at) with something in it. */
      filled: count,
      /** Distinct values with their numbers of rows where there are at most 12: what a split could go by; else empty. */
      values: z.array(z.object({ value: z.string(), rows: count })),
    }),
  ),
  /** The first rows. */
  rows: z.array(z.object({ line: count, cells: z.array(cellSchema) })),
  /** Rows looked at (the whole file when `complete`). */
  seen: count,
  complete: z.boolean(),
  /** The first bad rows of what was looked at, and how many there were. */
  badRows: z.array(badRowSchema),
  badSeen: count,
  /** The given or best mapping first, then other possible ones; empty when the columns suggest none: the person chooses. */
  mappings: z.array(mappingFitSchema),
})
export type Detection = z.infer<typeof detectionSchema>

/** The result of the jobs `dataset.import` and `dataset.copy`. */
export const importResultSchema = z.object({
  datasetId: z.string(),
  versionId: z.string(),
  rows: count,
  validationRows: count,
  badRows: count,
  firstBadRows: z.array(badRowSchema),
})
export type ImportResult = z.infer<typeof importResultSchema>
