/** Typed configuration fields: the same declaration validates a config, draws the form and documents the option. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'

interface FieldBase<T> {
  readonly label: string
  readonly help: string
  readonly default: T
  /** Shown only in the advanced view. */
  readonly advanced?: boolean
  /** Heading under which it stands in a form. */
  readonly group?: string
  /** What `null` means; a field without it takes none. */
  readonly none?: string
}

/** Where a number makes sense: outside it is allowed, and a person is told why it is unusual. */
export interface Sensible {
  readonly low?: number
  readonly high?: number
  /** A sentence for people, without the numbers. */
  readonly because: string
}

export interface NumberField extends FieldBase<number> {
  readonly type: 'integer' | 'number'
  readonly min?: number
  readonly max?: number
  /** Greater than this, not equal to it. */
  readonly above?: number
  readonly unit?: string
  readonly sensible?: Sensible
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
  /** What it names, so that a form can offer those there are. */
  readonly names?: 'devices'
}
/** Anything JSON with a checker of its own: module lists, patterns, index lists. */
export interface CustomField<T> extends FieldBase<T> {
  readonly type: 'custom'
  readonly schema: z.ZodType<T>
  /** How it is written in a form or on the command line. */
  readonly format: string
  /** What its entries name, so that a form can offer those of the chosen model; `targets`: modules the method has a rule for. */
  readonly names?: 'targets' | 'modules' | 'layers'
  /** Single words that it takes instead of a list, with what they mean. */
  readonly words?: Readonly<Record<string, string>>
  /** Whether another text is a pattern that whole names are matched with. */
  readonly patterns?: boolean
}

/** A field that may be `null`. */
export type OptionalField<F extends { readonly default: unknown }> = Omit<F, 'default'> & {
  readonly default: F['default'] | null
  readonly none: string
}

type PlainField<T> = NumberField | BooleanField | ChoiceField<string> | TextField | CustomField<T>
export type Field<T = never> =
  | PlainField<T>
  | OptionalField<NumberField>
  | OptionalField<BooleanField>
  | OptionalField<ChoiceField<string>>
  | OptionalField<TextField>
// biome-ignore lint/suspicious/noExplicitAny: the value type of a custom field varies with the field
export type Fields = Readonly<Record<string, Field<any>>>

/** The values that a set of fields describes. */
export type ConfigOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }
export type ValueOf<F> = F extends { readonly none: string } ? PlainValue<F> | null : PlainValue<F>
type PlainValue<F> = F extends { readonly type: 'integer' | 'number' }
  ? number
  : F extends { readonly type: 'boolean' }
    ? boolean
    : F extends { readonly type: 'choice'; readonly options: Readonly<Record<infer T, string>> }
      ? T
      : F extends { readonly type: 'text' }
        ? string
        : F extends { readonly type: 'custom'; readonly schema: z.ZodType<infer T> }
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

/**
 * The same field with `null` allowed.
 * @param none what `null` means
 * @param byDefault `null` unless given
 */
export function optional<F extends { readonly default: unknown }>(
  field: F,
  none: string,
  byDefault: F['default'] | null = null,
): OptionalField<F> {
  return { ...field, default: byDefault, none }
}

/** What a value of a field must be, as the end of a sentence. */
export function expectationOf(field: Fields[string]): string {
  const or = field.none === undefined ? '' : `, or null (${field.none})`
  switch (field.type) {
    case 'integer':
    case 'number': {
      const range = rangeOf(field)
      const kind = field.type === 'integer' ? 'a whole number' : 'a number'
      return `${kind}${range === null ? '' : `, ${range}`}${or}`
    }
    case 'boolean':
      return `true or false${or}`
    case 'choice':
      return `one of ${Object.keys(field.options).join(', ')}${or}`
    case 'text':
      return `a text${or}`
    case 'custom':
      return `written like ${field.format}`
  }
}

/** The bounds of a number in words: `1 to 4096`, `more than 0`. */
export function rangeOf({ min, max, above }: Pick<NumberField, 'min' | 'max' | 'above'>): string | null {
  if (above !== undefined)
    return max === undefined ? `more than ${above}` : `more than ${above}, up to ${max}`
  if (min !== undefined && max !== undefined) return `${min} to ${max}`
  if (min !== undefined) return `${min} or more`
  return max === undefined ? null : `up to ${max}`
}

/** The checker of one field. */
export function schemaOf(field: Fields[string]): z.ZodType {
  const schema = plainSchema(field)
  return field.none === undefined ? schema : schema.nullable()
}

/** The values that a set of fields starts with. */
export function defaultsOf<F extends Fields>(fields: F): ConfigOf<F> {
  const entries = Object.entries(fields).map(([key, field]) => [key, field.default])
  return Object.fromEntries(entries) as ConfigOf<F>
}

/** The checkers of all fields, as the shape of a zod object. */
export function shapeOf<F extends Fields>(fields: F): { [K in keyof F]: z.ZodType<ValueOf<F[K]>> } {
  const entries = Object.entries(fields).map(([key, field]) => [key, schemaOf(field)])
  return Object.fromEntries(entries) as { [K in keyof F]: z.ZodType<ValueOf<F[K]>> }
}

function plainSchema(field: Fields[string]): z.ZodType {
  const error = `must be ${expectationOf(field)}`
  switch (field.type) {
    case 'integer':
    case 'number': {
      let schema = field.type === 'integer' ? z.number({ error }).int({ error }) : z.number({ error })
      if (field.min !== undefined) schema = schema.min(field.min, { error })
      if (field.max !== undefined) schema = schema.max(field.max, { error })
      if (field.above !== undefined) schema = schema.gt(field.above, { error })
      return schema
    }
    case 'boolean':
      return z.boolean({ error })
    case 'choice':
      return z.enum(Object.keys(field.options) as [string, ...string[]], { error })
    case 'text':
      return z.string({ error })
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
