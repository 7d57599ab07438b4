/**
 * Datasets: import, the sheet (rows, views, edits, undo), checks, and versions.
 *
 * Calls that say "job" answer with `{ jobId }` at once: follow it with `jobs.watch`; its `result` has the shape named
 * there. After each change the topic `datasets` is published with the dataset's id: ask `open` again for the new state.
 * Failures worth knowing: `conflict` an edit was made against an older revision (open again, then repeat it);
 * `not-found` the sheet or view is gone; `bad-argument` a text does not fit its cell, with the reason.
 */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { badRowSchema, rowSchema } from './datasets/cells.ts'
import { checkReportSchema, histogramSchema, previewSchema, tokensSchema } from './datasets/checks.ts'
import { formatSchema, mappingFitSchema, mappingSchema, splitRuleSchema } from './datasets/mapping.ts'
import { bulkEditSchema, editedSchema, editSchema, openedSchema } from './datasets/sheet.ts'
import { detectInputSchema, detectionSchema, readingSchema, sourceSchema } from './datasets/source.ts'
import { datasetSchema, diffKinds, diffRowSchema, diffSchema, versionSchema } from './datasets/versions.ts'
import { searchSchema, selectionSchema, viewSchema, viewSpecSchema } from './datasets/view.ts'
import { count } from './shared.ts'

const job = z.object({ jobId: z.string() })
const dataset = z.object({ datasetId: z.string() })
const version = z.object({ versionId: z.string() })
const sheet = z.object({ sheetId: z.string() })
/** A change: made against this revision of the sheet. */
const change = sheet.extend({ revision: count })
const page = z.object({ offset: count, limit: z.int().min(1).max(500) })
const name = z.string().trim().min(1).max(120)

export const datasetsContract = {
  /** Built-in ones first, then by name. `bin: true`: those in the bin instead. */
  list: oc.input(z.object({ bin: z.boolean() }).partial().optional()).output(z.array(datasetSchema)),
  get: oc.input(dataset).output(datasetSchema),
  rename: oc.input(dataset.extend({ name })).output(datasetSchema),
  /** Into the bin. Refused for built-in datasets and while runs use a version (the message names them). */
  remove: oc.input(dataset).output(z.void()),
  /** Out of the bin. */
  restore: oc.input(dataset).output(datasetSchema),
  /** Deletes a dataset of the bin with its files; there is no way back. */
  purge: oc.input(dataset).output(z.void()),
  /** Job `dataset.copy` (ImportResult): a dataset of one's own with the rows of a version. */
  copy: oc.input(version.extend({ name })).output(job),

  /** Formats a mapping can aim at, with their fields. */
  formats: oc.output(z.array(formatSchema)),
  /** Looks at the first rows of a source. Call again with `reading` or `mapping` when the person changes them. */
  detect: oc.input(detectInputSchema).output(detectionSchema),
  /** One of the first good rows of a source (`index` from 0) as the model would see it under a mapping. */
  previewSource: oc
    .input(
      z.object({
        source: sourceSchema,
        reading: readingSchema,
        mapping: mappingSchema,
        index: z.int().min(0).max(999),
        tokens: tokensSchema,
        length: z.int().min(2),
      }),
    )
    .output(previewSchema),
  /**
   * Job `dataset.import` (ImportResult). All good rows become a dataset with version 1; cancelled or failed, it leaves
   * nothing behind. An upload is deleted once it is imported.
   */
  import: oc
    .input(
      z.object({
        source: sourceSchema,
        name,
        reading: readingSchema,
        mapping: mappingSchema,
        /** Absent: all rows train, unless the source has files of its own for validation. */
        split: splitRuleSchema.optional(),
      }),
    )
    .output(job),
  /** Bad rows of the import (of the first 100 000), in the file's order. */
  badRows: oc
    .input(dataset.extend(page.shape))
    .output(z.object({ total: count, kept: count, rows: z.array(badRowSchema) })),
  /** A file with all kept bad rows (tab-separated: file, line, reason, text), fetched once from `/download/<ticket>`. */
  badRowsFile: oc.input(dataset).output(z.object({ ticket: z.string() })),

  /** Opens a dataset's working rows or a version; again after each change, which costs nothing. */
  open: oc.input(sheet).output(openedSchema),
  /** A block of rows of a view (null: all rows in the dataset's order). `revision` tells what they are of. */
  rows: oc
    .input(sheet.extend({ viewId: z.string().nullable(), ...page.shape }))
    .output(z.object({ revision: count, total: count, rows: z.array(rowSchema) })),
  /** One row with whole texts. */
  row: oc.input(sheet.extend({ row: z.int().positive() })).output(rowSchema),
  /** Sorts, filters, searches; abort the call when the person types on. */
  view: oc.input(sheet.extend({ spec: viewSpecSchema })).output(viewSchema),
  /**
   * The next row (or the one before) that the search finds, from a place in the view on, going round at the end; null
   * when there is none. `from` itself is looked at last.
   */
  find: oc
    .input(
      sheet.extend({
        viewId: z.string().nullable(),
        search: searchSchema,
        from: z.int().min(-1),
        direction: z.enum(['next', 'previous']),
      }),
    )
    .output(z.object({ offset: count, row: z.int().positive(), column: z.string() }).nullable()),
  /** Where a row stands in a view; null when it is not in it. */
  locate: oc
    .input(sheet.extend({ viewId: z.string().nullable(), row: z.int().positive() }))
    .output(z.object({ offset: count.nullable() })),
  /** Rows as a spreadsheet takes them (tab-separated, quoted where needed), for the clipboard. */
  copyText: oc
    .input(sheet.extend({ rows: selectionSchema, columns: z.array(z.string()).min(1), header: z.boolean() }))
    .output(z.object({ text: z.string(), rows: count })),

  /** One undo step of one or several edits: all of them or, when one does not fit, none. */
  edit: oc.input(change.extend({ edits: z.array(editSchema).min(1).max(100) })).output(editedSchema),
  /** Job `dataset.edit` (Edited): one undo step over all rows. */
  editAll: oc.input(change.extend({ edit: bulkEditSchema })).output(job),
  /** What `editAll` with `replace` would do: rows and places found, and the first changes. */
  replacePreview: oc
    .input(
      sheet.extend({
        search: searchSchema,
        replacement: z.string().max(100_000),
        rows: selectionSchema.nullable(),
      }),
    )
    .output(
      z.object({
        rows: count,
        places: count,
        first: z.array(
          z.object({ row: z.int().positive(), column: z.string(), before: z.string(), after: z.string() }),
        ),
      }),
    ),
  /** Steps are kept across saves and restarts. */
  undo: oc.input(change).output(editedSchema),
  redo: oc.input(change).output(editedSchema),
  /**
   * Job `dataset.save` (SavedVersion): the rows as they are become a version. The same content again is the version that
   * is there already (`created: false`).
   */
  save: oc.input(change.extend({ note: z.string().max(2_000).default('') })).output(job),

  /** What a split would give, without making it. */
  splitPreview: oc
    .input(sheet.extend({ rule: splitRuleSchema }))
    .output(z.object({ trainRows: count, validationRows: count })),
  /** Different values of a column with their rows, the most frequent first, where there are few enough to split by. */
  columnValues: oc
    .input(sheet.extend({ column: z.string() }))
    .output(
      z.object({ values: z.array(z.object({ value: z.string(), rows: count })), tooMany: z.boolean() }),
    ),
  /** How well a mapping fits this sheet's rows (the first thousand of each split). */
  tryMapping: oc.input(sheet.extend({ mapping: mappingSchema })).output(mappingFitSchema),
  /** Job `dataset.check` (CheckReport). `tokens`: also look for rows longer than that; takes longer. */
  check: oc
    .input(sheet.extend({ tokens: tokensSchema.extend({ length: z.int().min(2) }).nullable() }))
    .output(job),
  /** The last report of this sheet; null when none was made since the studio started. */
  lastCheck: oc.input(sheet).output(checkReportSchema.nullable()),
  /**
   * Token lengths, exact where they are known, else at once from a sample while a job counts on: ask again when the job
   * reports progress or has ended. Only changed rows are counted again.
   */
  histogram: oc
    .input(
      sheet.extend({
        tokens: tokensSchema,
        length: z.int().min(2),
        bins: z.int().min(5).max(100).default(40),
      }),
    )
    .output(histogramSchema),
  /** A row as the model sees it. */
  preview: oc
    .input(sheet.extend({ row: z.int().positive(), tokens: tokensSchema, length: z.int().min(2) }))
    .output(previewSchema),

  /** Newest first. */
  versions: oc.input(dataset).output(z.array(versionSchema)),
  getVersion: oc.input(version).output(versionSchema),
  /** What changed from one version to another (of the same or another dataset). */
  diff: oc.input(z.object({ from: z.string(), to: z.string() })).output(diffSchema),
  /** Rows that differ, in the order of the newer version, removed ones where they stood. Ask `diff` first. */
  diffRows: oc
    .input(
      z.object({ from: z.string(), to: z.string(), kinds: z.array(z.enum(diffKinds)).min(1), ...page.shape }),
    )
    .output(z.object({ total: count, rows: z.array(diffRowSchema) })),
  /** The rows of a version as a file (JSON Lines), fetched once from `/download/<ticket>`. */
  versionFile: oc
    .input(version.extend({ split: z.enum(['train', 'validation']) }))
    .output(z.object({ ticket: z.string() })),
}

/** The result of the job `dataset.save`. */
export const savedVersionSchema = z.object({ version: versionSchema, created: z.boolean() })
export type SavedVersion = z.infer<typeof savedVersionSchema>
