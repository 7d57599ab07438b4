/** A sheet is a dataset opened as rows: the working rows of a dataset (editable), or a version (read-only). */
import { z } from 'zod'
import { count } from '../shared.ts'
import { columnSchema } from './cells.ts'
import { fixSchema, issueKindSchema } from './checks.ts'
import { mappingSchema, splitRuleSchema } from './mapping.ts'
import { searchSchema, selectionSchema } from './view.ts'

export const stepSchema = z.object({
  /** What was done, e.g. "Edit 3 cells", "Delete 12 rows". */
  label: z.string(),
  /** Rows it touched. */
  rows: count,
})

export const sheetSchema = z.object({
  /** Dataset id (its working rows) or version id `<dataset>@<n>` (the exact rows a run saw). */
  sheetId: z.string(),
  datasetId: z.string(),
  name: z.string(),
  /** Why it cannot be edited, in a sentence; null when it can. */
  readOnly: z.string().nullable(),
  /** Grows with every change, undo and redo; edits carry it, so that none is made against rows it did not see. */
  revision: count,
  rows: count,
  trainRows: count,
  validationRows: count,
  columns: z.array(columnSchema),
  mapping: mappingSchema,
  /** The version whose content these rows are; null: there are unsaved changes. */
  savedAs: z.object({ versionId: z.string(), number: count }).nullable(),
  undo: stepSchema.nullable(),
  redo: stepSchema.nullable(),
})
export type Sheet = z.infer<typeof sheetSchema>

/** Ready, or being made ready (a version of many rows that is not at hand): watch the job, then open again. */
export const openedSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready'), sheet: sheetSchema }),
  z.object({ state: z.literal('preparing'), jobId: z.string() }),
])
export type Opened = z.infer<typeof openedSchema>

const rowId = z.int().positive()
const columnName = z.string().trim().min(1).max(200)
/** A person's text for a cell; null empties it (the row has no such field any more). */
const cellText = z.string().nullable()

/**
 * What is done to rows directly. Texts are read by what stands there: where the cell holds a number, a list … (or the
 * column does, for an empty cell), the text must be JSON of that kind, and an empty one empties the cell; everywhere else
 * it is taken as it is.
 */
export const editSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cells'),
    cells: z
      .array(z.object({ row: rowId, column: z.string(), text: cellText }))
      .min(1)
      .max(100_000),
  }),
  /** The same text into every cell of the selection. */
  z.object({
    kind: z.literal('fill'),
    rows: selectionSchema,
    columns: z.array(z.string()).min(1),
    text: cellText,
  }),
  /** New rows below a row (null: on top; absent: at the end), each with the given texts by column. */
  z.object({
    kind: z.literal('insert'),
    below: rowId.nullable().optional(),
    rows: z.array(z.record(z.string(), z.string())).min(1).max(10_000),
    /** Absent: as the row above. */
    split: z.enum(['train', 'validation']).optional(),
  }),
  /** A copy of each row below it. */
  z.object({ kind: z.literal('duplicate'), rows: selectionSchema }),
  z.object({ kind: z.literal('delete'), rows: selectionSchema }),
  /** Puts the rows below another one (null: on top), in the order they have. */
  z.object({ kind: z.literal('move'), rows: selectionSchema, below: rowId.nullable() }),
  z.object({ kind: z.literal('set-split'), rows: selectionSchema, split: z.enum(['train', 'validation']) }),
  /**
   * What a spreadsheet puts on the clipboard (tab-separated lines, cells quoted where needed): line by line over the
   * rows of the view from `row` on, cell by cell over `columns`. Lines beyond the last row become new rows below it;
   * `row: null` makes new rows of all of them, at the end.
   */
  z.object({
    kind: z.literal('paste'),
    viewId: z.string().nullable(),
    row: rowId.nullable(),
    columns: z.array(z.string()).min(1),
    text: z
      .string()
      .min(1)
      .max(64 * 1024 * 1024),
  }),
  z.object({ kind: z.literal('add-column'), name: columnName }),
  z.object({ kind: z.literal('mapping'), mapping: mappingSchema }),
])
export type Edit = z.infer<typeof editSchema>

/** What is done to all rows; a job, because it may take seconds. */
export const bulkEditSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('replace'),
    search: searchSchema,
    /** In a regex replacement `$1`, `$<name>` and `$&` stand for what was found. */
    replacement: z.string().max(100_000),
    /** Rows looked at; null: all. */
    rows: selectionSchema.nullable(),
  }),
  z.object({ kind: z.literal('split'), rule: splitRuleSchema }),
  z.object({
    kind: z.literal('fix'),
    issue: issueKindSchema,
    fix: fixSchema,
  }),
  z.object({ kind: z.literal('rename-column'), column: z.string(), name: columnName }),
  z.object({ kind: z.literal('remove-column'), column: z.string() }),
  /** Makes the rows those of a version again; with undo, as every edit. */
  z.object({ kind: z.literal('restore'), versionId: z.string() }),
])
export type BulkEdit = z.infer<typeof bulkEditSchema>

/** Of `edit`, `undo`, `redo`, and the result of the job `dataset.edit`. */
export const editedSchema = z.object({
  sheet: sheetSchema,
  /** Rows changed, added or removed. */
  rows: count,
  /** The first of the new rows (at most 1 000), in their order: what to select. */
  inserted: z.array(rowId),
  /** The changed row, when it is a single one: the grid may scroll to it (after undo, say). */
  row: rowId.nullable(),
})
export type Edited = z.infer<typeof editedSchema>
