/** Values of fields and the text that a person types for them. What cannot be read is kept: the host says what is wrong. */
import type { FieldView } from '../../electron/contract/fields.ts'

export type Values = Readonly<Record<string, unknown>>

/** The value that a text stands for; undefined = the default. */
export function readText(field: FieldView, text: string): unknown {
  if (field.type === 'text') return text
  const trimmed = text.trim()
  if (trimmed === '') return field.none === null ? undefined : null
  if (field.type === 'integer' || field.type === 'number') {
    const number = Number(trimmed.replace('−', '-'))
    return Number.isFinite(number) ? number : text
  }
  return parseLoosely(text)
}

/** JSON where it is JSON, else a list where there are commas, else the text. */
function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.includes(',') ? text.split(',').map((part) => part.trim()) : text
  }
}

export function writeText(field: FieldView, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (field.type === 'custom') return JSON.stringify(value)
  return typeof value === 'number' ? shortNumber(value) : String(value)
}

/** As a person would write it: `2.7e-5` rather than `0.000027`. */
function shortNumber(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : String(value)
}

/** A value in a sentence: "none" for null, the option's own words for a choice. */
export function shownValue(field: FieldView, value: unknown): string {
  if (value === null || value === undefined) return field.none ?? 'nothing'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const option = field.options?.find((o) => o.value === value) ?? field.words?.find((w) => w.value === value)
  if (option !== undefined) return option.label
  const text = writeText(field, value)
  return text === '' ? 'empty' : text
}

/** Whether two JSON values are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return (
    left.length === right.length &&
    left.every(([key, value]) => key in b && sameValue(value, (b as Record<string, unknown>)[key]))
  )
}

/** The values with one changed; a default value, like undefined, takes the entry out. */
export function withValue(values: Values, field: FieldView, value: unknown): Values {
  const { [field.key]: _, ...rest } = values
  return value === undefined || sameValue(value, field.default) ? rest : { ...rest, [field.key]: value }
}

/** A document with each list of plain values on one line. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\n\s*([^[\]{}]*?)\n\s*\]/g,
    (_, entries: string) => `[${entries.replace(/,\n\s*/g, ', ')}]`,
  )
}
