/** Which rows of a sheet are shown, in which order. */
import { z } from 'zod'
import { count } from '../shared.ts'
import { splitSchema } from './cells.ts'
import { issueKinds } from './checks.ts'

/** How text is looked for; `regex` is a JavaScript pattern (Unicode). */
export const searchSchema = z.object({
  text: z.string().min(1).max(10_000),
  matchCase: z.boolean().default(false),
  wholeWord: z.boolean().default(false),
  regex: z.boolean().default(false),
  /** Null: all columns. */
  columns: z.array(z.string()).nullable().default(null),
})
export type Search = z.infer<typeof searchSchema>

/** Texts are compared without case; numbers compare with numbers in cells, and with texts that are numbers. */
export const filterSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.enum(['contains', 'not-contains', 'equals', 'not-equals', 'starts-with', 'ends-with']),
    column: z.string(),
    text: z.string(),
  }),
  /** Empty: missing, null, or nothing but white space. */
  z.object({ op: z.enum(['empty', 'not-empty']), column: z.string() }),
  z.object({
    op: z.enum(['less', 'at-most', 'greater', 'at-least']),
    column: z.string(),
    number: z.number(),
  }),
  /** Characters of the cell's text, both ends included; null: no bound. */
  z.object({ op: z.literal('chars'), column: z.string(), from: count.nullable(), to: count.nullable() }),
])
export type Filter = z.infer<typeof filterSchema>

export const sortSchema = z.object({ column: z.string(), direction: z.enum(['ascending', 'descending']) })
export type Sort = z.infer<typeof sortSchema>

/** Everything given must hold. Nothing given: all rows in the dataset's order. */
export const viewSpecSchema = z.object({
  /** The first counts most; equal rows stay in the dataset's order. Numbers sort as numbers, before texts; empty cells last. */
  sort: z.array(sortSchema).max(5).default([]),
  filters: z.array(filterSchema).max(50).default([]),
  search: searchSchema.nullable().default(null),
  split: splitSchema.nullable().default(null),
  /** Only the rows that the last check (`check`) lists under this kind. */
  issue: z.enum(issueKinds).nullable().default(null),
  /** Only rows that are not as in the latest version (changed or added since). */
  unsaved: z.boolean().default(false),
})
export type ViewSpec = z.infer<typeof viewSpecSchema>

export const viewSchema = z.object({
  /**
   * For `rows`, selections and `find`. Rows keep their place in a view while they are edited (a cell that no longer
   * matches does not vanish under the cursor); ask for the view again to apply the filter and order anew. Views are
   * forgotten after a while (`not-found`): ask again then, too.
   */
  viewId: z.string(),
  rows: count,
})
export type View = z.infer<typeof viewSchema>

/**
 * Rows meant by an edit: by id, or as stretches `[from, to)` of a view (null: of the dataset's order), so that a
 * selection can reach over rows that were never loaded.
 */
export const selectionSchema = z.union([
  z.object({ ids: z.array(z.int().positive()).min(1).max(100_000) }),
  z.object({
    viewId: z.string().nullable(),
    ranges: z
      .array(z.tuple([count, count]))
      .min(1)
      .max(10_000),
  }),
])
export type Selection = z.infer<typeof selectionSchema>
