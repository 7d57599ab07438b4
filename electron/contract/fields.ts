/** Fields of a form as a window draws them: made from the engine's own declarations (engine/methods/fields.ts). */
import { z } from 'zod'

/** Values cross as JSON; what they may be is checked by the field that they belong to. */
export const valuesSchema = z.record(z.string(), z.unknown())
export type Values = z.infer<typeof valuesSchema>

export const fieldSchema = z.object({
  key: z.string(),
  type: z.enum(['integer', 'number', 'boolean', 'choice', 'text', 'custom']),
  label: z.string(),
  help: z.string(),
  /** What holds where nothing is set. */
  default: z.unknown(),
  advanced: z.boolean(),
  /** Heading under which it stands; null for a form without headings. */
  group: z.string().nullable(),
  /** Whether each method has a value of its own, because the right one differs between them. */
  perMethod: z.boolean(),
  unit: z.string().nullable(),
  /** Bounds of a number; `above` is exclusive. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  above: z.number().nullable(),
  /** The same as words: "1 to 4096", "more than 0". */
  range: z.string().nullable(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
  /** What an empty field (`null`) means; null where it may not be empty. */
  none: z.string().nullable(),
  /** How a value of type `custom` is written. */
  format: z.string().nullable(),
  /** What the entries of a `custom` value name, so that those of the chosen model can be offered. */
  names: z.enum(['targets', 'modules', 'layers']).nullable(),
  /** Single words that such a value may be instead of a list. */
  words: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
  /** Whether another text is a regular expression on whole names. */
  patterns: z.boolean(),
})
export type FieldView = z.infer<typeof fieldSchema>

/** A sentence about one setting, or about several together. */
export const remarkSchema = z.object({
  /** `refused`: the run would not start; `unusual`: it would, and the person should know. */
  level: z.enum(['refused', 'unusual']),
  part: z.enum(['method', 'training']),
  /** Key of the field it stands beside; null where it concerns several. */
  field: z.string().nullable(),
  message: z.string(),
  hint: z.string(),
  /** A value that would be in order, where there is one. */
  suggestion: z.unknown().optional(),
})
export type Remark = z.infer<typeof remarkSchema>
