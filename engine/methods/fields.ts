/** Typed configuration fields: the same declaration validates a config, draws the form and documents the option. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'

interface FieldBase<T> {
  readonly label: string
  readonly help: string
  readonly default: T
  /** Shown only in the advanced view. */
  readonly advanced?: boolean
}

export interface NumberField extends FieldBase<number> {
  readonly type: 'integer' | 'number'
  readonly min?: number
  readonly max?: number
}
export interface BooleanField extends FieldBase<boolean> {
  readonly type: 'boolean'
}
export interface ChoiceField<T extends string> extends FieldBase<T> {
  readonly type: 'choice'
  readonly options: Readonly<Record<T, string>>
}
export interface TextField extends FieldBase<string> {
  readonly type: 'text'
}
/** Anything JSON with a checker of its own: module lists, patterns, index lists. */
export interface CustomField<T> extends FieldBase<T> {
  readonly type: 'custom'
  readonly schema: z.ZodType<T>
  /** How it is written in a form or on the command line. */
  readonly format: string
}

export type Field<T = never> = NumberField | BooleanField | ChoiceField<string> | TextField | CustomField<T>
// biome-ignore lint/suspicious/noExplicitAny: the value type of a custom field varies with the field
export type Fields = Readonly<Record<string, Field<any>>>

/** The values that a set of fields describes. */
export type ConfigOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }
type ValueOf<F> = F extends NumberField
  ? number
  : F extends BooleanField
    ? boolean
    : F extends ChoiceField<infer T>
      ? T
      : F extends TextField
        ? string
        : F extends CustomField<infer T>
          ? T
          : never

export const integer = (def: Omit<NumberField, 'type'>): NumberField => ({ type: 'integer', ...def })
export const number = (def: Omit<NumberField, 'type'>): NumberField => ({ type: 'number', ...def })
export const boolean = (def: Omit<BooleanField, 'type'>): BooleanField => ({ type: 'boolean', ...def })
export const text = (def: Omit<TextField, 'type'>): TextField => ({ type: 'text', ...def })
export const choice = <T extends string>(
  def: Omit<ChoiceField<T>, 'type' | 'default'> & { readonly default: NoInfer<T> },
): ChoiceField<T> => ({ type: 'choice', ...def })
export const custom = <T>(def: Omit<CustomField<T>, 'type'>): CustomField<T> => ({ type: 'custom', ...def })

/** The checker of one field. */
export function schemaOf(field: Fields[string]): z.ZodType {
  switch (field.type) {
    case 'integer':
    case 'number': {
      let schema = field.type === 'integer' ? z.number().int() : z.number()
      if (field.min !== undefined) schema = schema.min(field.min)
      if (field.max !== undefined) schema = schema.max(field.max)
      return schema
    }
    case 'boolean':
      return z.boolean()
    case 'choice':
      return z.enum(Object.keys(field.options) as [string, ...string[]])
    case 'text':
      return z.string()
    case 'custom':
      return field.schema
  }
}

/**
 * Values for all fields: the given ones checked, the rest from the defaults.
 * @throws StudioError('bad-config') naming an unknown key or the value that does not fit
 */
export function parseFields<F extends Fields>(
  title: string,
  fields: F,
  values: Readonly<Record<string, unknown>>,
): ConfigOf<F> {
  for (const key of Object.keys(values)) {
    if (fields[key] === undefined)
      throw new StudioError(
        'bad-config',
        `${title} has no option "${key}".`,
        `Its options are: ${Object.keys(fields).join(', ')}.`,
      )
  }
  const entries = Object.entries(fields).map(([key, field]) => {
    const given = values[key]
    if (given === undefined) return [key, field.default]
    const result = schemaOf(field).safeParse(given)
    if (result.success) return [key, result.data]
    throw new StudioError(
      'bad-config',
      `${title}: ${key} = ${JSON.stringify(given)} does not fit: ${result.error.issues[0]?.message ?? 'wrong value'}.`,
      `${field.label}: ${field.help}`,
    )
  })
  return Object.fromEntries(entries) as ConfigOf<F>
}

/** Reads `value` of a `--set key=value` argument as the field wants it: JSON where it is JSON, else text or a comma list. */
export function parseArgument(field: Fields[string], raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return field.type === 'custom' && raw.includes(',') ? raw.split(',').map((part) => part.trim()) : raw
  }
}
