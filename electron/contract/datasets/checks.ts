/** What is wrong with a dataset's rows, how long they are, and what the model sees of one. */
import { z } from 'zod'
import { count, instant } from '../shared.ts'

export const learnSchema = z.enum(['completion', 'assistant', 'all'])

/** How a run would make tokens of the rows. */
export const tokensSchema = z.object({
  modelId: z.string(),
  /** What is learned; null as a run decides by itself (completion). */
  learn: learnSchema.nullable().default(null),
  /** Whether prompts and completions go through the chat template; null: when the tokenizer brings one. */
  chat: z.boolean().nullable().default(null),
})
export type Tokens = z.infer<typeof tokensSchema>

/**
 * `unfit`: gives no example under the mapping (a field missing, wrong kind); `empty`: nothing in what is learned or in
 * the prompt; `duplicate`: the same mapped content as an earlier row of its split; `contradictory`: the prompt of an
 * earlier row of its split with something else to be learned; `both-splits`: a validation row that
 * also is a training row; `too-long`: more tokens than the length, so the end is cut in training.
 */
export const issueKinds = ['unfit', 'empty', 'duplicate', 'contradictory', 'both-splits', 'too-long'] as const
export const issueKindSchema = z.enum(issueKinds)
export type IssueKind = z.infer<typeof issueKindSchema>

export const fixes = ['delete', 'keep-first', 'delete-from-train', 'delete-from-validation'] as const
export const fixSchema = z.enum(fixes)
export type Fix = z.infer<typeof fixSchema>

export const issueSchema = z.object({
  kind: issueKindSchema,
  title: z.string(),
  /** One sentence: what it does to a training. */
  explain: z.string(),
  /** Rows concerned; 0: looked for, none found. */
  rows: count,
  /** What one click can do about it, the advised one first. */
  fixes: z.array(z.object({ fix: fixSchema, label: z.string() })),
})

export const checkReportSchema = z.object({
  /** Revision of the sheet that was looked at; `stale` when rows have changed since. */
  revision: count,
  stale: z.boolean(),
  checkedAt: instant,
  rows: count,
  /** Length that `too-long` was judged by, with the model; null: not looked for. */
  tokens: tokensSchema.extend({ length: count }).nullable(),
  issues: z.array(issueSchema),
})
export type CheckReport = z.infer<typeof checkReportSchema>

export const histogramSchema = z.object({
  /** `sampled`: estimated from a random sample; `exact`: every row was tokenised. */
  state: z.enum(['sampled', 'exact']),
  /** Rows tokenised so far, of all rows that give an example. */
  counted: count,
  rows: count,
  /** Rows of `[from, to)` tokens; while sampled, scaled to all rows. */
  bins: z.array(z.object({ from: count, to: count, train: count, validation: count })),
  /** Tokens: half of the rows are at most `p50` long, … */
  p50: count,
  p90: count,
  p99: count,
  max: count,
  /** Tokens of all rows, and how many of them are learned. */
  tokens: count,
  learnedTokens: count,
  /** At the asked length: rows that are cut, and tokens lost by it. */
  truncatedRows: count,
  truncatedTokens: count,
  /** Rows that give no example. */
  unfitRows: count,
  /** The job `dataset.lengths` that is counting all rows; null when nothing is left to do. */
  jobId: z.string().nullable(),
})
export type Histogram = z.infer<typeof histogramSchema>

export const previewTokenSchema = z.object({
  /** Index in the vocabulary. */
  id: count,
  /** What it adds to the text; `''` for the first tokens of a character that only a later token completes. */
  text: z.string(),
  /** The vocabulary's own writing of it (`Ġthe`, `▁the`, `<0xF0>`). */
  piece: z.string(),
  /** Hexadecimal bytes, for a token that is only a part of a character; else null. */
  bytes: z.string().nullable(),
  special: z.boolean(),
  /** Whether the loss is computed on it. */
  learned: z.boolean(),
  /** Behind the length: the model never sees it in training. */
  truncated: z.boolean(),
})
export type PreviewToken = z.infer<typeof previewTokenSchema>

export const previewSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('ready'),
    /** What is given to the tokenizer: the template with the row in it (for pretokenized rows, the decoded ids). */
    text: z.string(),
    /** At most 20 000; `total` counts them all. */
    tokens: z.array(previewTokenSchema),
    total: count,
    learnedTokens: count,
    truncatedTokens: count,
    /** What to know about it: the border between prompt and completion moved, nothing is learned, … */
    notes: z.array(z.string()),
  }),
  /** The row gives no example. */
  z.object({ state: z.literal('unfit'), reason: z.string() }),
])
export type Preview = z.infer<typeof previewSchema>
