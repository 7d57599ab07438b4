/** Rows and cells as the grid shows them. */
import { z } from 'zod'
import { count } from '../shared.ts'

export const splits = ['train', 'validation'] as const
export const splitSchema = z.enum(splits)
export type Split = z.infer<typeof splitSchema>

/**
 * `text` a string; `number`, `boolean`; `json` a list or an object, shown as JSON; `null` JSON's null; `missing` the row
 * has no such field.
 */
export const cellKinds = ['text', 'number', 'boolean', 'json', 'null', 'missing'] as const

export const cellSchema = z.object({
  kind: z.enum(cellKinds),
  /** What is shown: the string itself, or the value's JSON; `''` for null and missing. Cut in blocks, whole from `row`. */
  text: z.string(),
  /** Characters (UTF-16 units) of the whole text; more than `text` has when it was cut. */
  chars: count,
})
export type Cell = z.infer<typeof cellSchema>

export const rowSchema = z.object({
  /** Stays with the row through edits, undo, saves and restarts; never used again for another row. */
  id: z.int().positive(),
  split: splitSchema,
  /** One for each of the sheet's columns, in their order. */
  cells: z.array(cellSchema),
})
export type GridRow = z.infer<typeof rowSchema>

/** What a column mostly holds. A person's text for a cell is read by this; see `edit`. */
export const columnKinds = ['text', 'number', 'boolean', 'json'] as const
export type ColumnKind = (typeof columnKinds)[number]

export const columnSchema = z.object({
  name: z.string(),
  kind: z.enum(columnKinds),
  /** The field of the mapping that reads this column (`prompt`, …); null: kept beside, not trained on. */
  field: z.string().nullable(),
})
export type Column = z.infer<typeof columnSchema>

export const badRowSchema = z.object({
  /** The file it stands in, by its name. */
  file: z.string(),
  /** Line of that file, from 1; in a Parquet file the row's number. */
  line: z.int().positive(),
  /** Why it could not be read, in words. */
  reason: z.string(),
  /** The beginning of the line, where it is text. */
  text: z.string(),
})
export type BadRowRecord = z.infer<typeof badRowSchema>
