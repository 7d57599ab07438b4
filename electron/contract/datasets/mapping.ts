/** Which columns of a dataset become what the engine trains on. */
import { z } from 'zod'
import { count } from '../shared.ts'
import { splitSchema } from './cells.ts'

/** Formats a version's rows can have; `formats` describes each with its fields. */
export const datasetFormatSchema = z.enum([
  'prompt-completion',
  'alpaca',
  'messages',
  'conversations',
  'text',
  'pretokenized',
])

export const mappingSchema = z.object({
  format: datasetFormatSchema,
  /** Field of the format → name of the column. Required fields must be there; columns not named are kept beside. */
  columns: z.record(z.string(), z.string()),
})
export type Mapping = z.infer<typeof mappingSchema>

/** A form for the mapping is drawn from these. */
export const formatSchema = z.object({
  format: datasetFormatSchema,
  title: z.string(),
  /** One sentence: what rows of this kind look like. */
  explain: z.string(),
  fields: z.array(z.object({ name: z.string(), label: z.string(), help: z.string(), required: z.boolean() })),
})
export type FormatDescription = z.infer<typeof formatSchema>

/** How well a mapping fits the rows that were looked at. */
export const mappingFitSchema = z.object({
  mapping: mappingSchema,
  /** Rows that give an example under this mapping, of all that were looked at. */
  fits: count,
  of: count,
  /** The first rows that do not, with the reason. */
  problems: z.array(z.object({ line: count, reason: z.string() })),
  /** The first rows as a version would hold them: one line of JSON each (long texts are cut). */
  rows: z.array(z.string()),
})
export type MappingFit = z.infer<typeof mappingFitSchema>

/** Which rows are held out for validation. */
export const splitRuleSchema = z.discriminatedUnion('by', [
  /** A share of the rows, drawn by the seed: the same rows and seed give the same split anywhere. */
  z.object({
    by: z.literal('fraction'),
    fraction: z.number().gt(0).lt(1),
    seed: z.int().nonnegative(),
  }),
  /** Rows whose cell in this column reads as one of the values are validation rows, all others train. */
  z.object({ by: z.literal('column'), column: z.string(), validation: z.array(z.string()).min(1) }),
  /** All rows into one part (`train` removes the split). */
  z.object({ by: z.literal('none'), into: splitSchema }),
])
export type SplitRule = z.infer<typeof splitRuleSchema>
