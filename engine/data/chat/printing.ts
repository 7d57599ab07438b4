/** How Python prints values: str(), repr() and json.dumps(). */
import { JsonFloat } from '../json.ts'
import {
  Attributes,
  isFloat,
  iterate,
  numberOf,
  PyTuple,
  TemplateError,
  typeName,
  Undefined,
  type Value,
} from './values.ts'

export function str(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Undefined) return ''
  return repr(value)
}

export function repr(value: Value): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return quote(value)
  if (value instanceof Undefined) return 'Undefined'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' || value instanceof JsonFloat) return numberText(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (value instanceof PyTuple)
    return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`
  const entries = value instanceof Attributes ? [...value.map] : value instanceof Map ? [...value] : null
  if (entries === null) return '<function>'
  return `{${entries.map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`
}

/** Shortest digits that read back the same; an exponent from 1e16 on and below 1e-4. */
function numberText(value: number | JsonFloat): string {
  const number = numberOf(value)
  if (!isFloat(value)) return BigInt(number).toString()
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'nan' : number > 0 ? 'inf' : '-inf'
  const size = Math.abs(number)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits, exponent] = number.toExponential().split('e') as [string, string]
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  const text = Object.is(number, -0) ? '-0' : String(number)
  return text.includes('.') ? text : `${text}.0`
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  let quoted = ''
  for (const char of text) {
    const point = char.codePointAt(0)!
    if (char === mark) quoted += `\\${char}`
    else if (escapes[char] !== undefined) quoted += escapes[char]
    else if (/^[\p{C}\p{Zl}\p{Zp}]$|^(?! )\p{Zs}$/u.test(char)) quoted += hexEscape(point)
    else quoted += char
  }
  return mark + quoted + mark
}

function hexEscape(point: number): string {
  const hex = point.toString(16)
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

export interface JsonStyle {
  readonly indent: string | null
  readonly ensureAscii: boolean
  readonly sortKeys: boolean
  readonly separators: readonly [string, string] | null
}

/** json.dumps as transformers' `tojson` calls it: no HTML escapes, key order kept. */
export function dumps(value: Value, style: JsonStyle, depth = 0): string {
  const [comma, colon] = style.separators ?? [style.indent === null ? ', ' : ',', ': ']
  const wrap = (open: string, items: string[], close: string): string => {
    if (items.length === 0) return open + close
    if (style.indent === null) return open + items.join(comma) + close
    const inner = `\n${style.indent.repeat(depth + 1)}`
    return `${open}${inner}${items.join(comma + inner)}\n${style.indent.repeat(depth)}${close}`
  }
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return jsonText(value, style.ensureAscii)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonFloat) {
    return repr(value).replace(/^nan$/, 'NaN').replace('inf', 'Infinity')
  }
  if (Array.isArray(value) || value instanceof PyTuple) {
    return wrap(
      '[',
      iterate(value).map((item) => dumps(item, style, depth + 1)),
      ']',
    )
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]): [string, Value] => [jsonKey(key), item])
    if (style.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    const items = entries.map(
      ([key, item]) => `${jsonText(key, style.ensureAscii)}${colon}${dumps(item, style, depth + 1)}`,
    )
    return wrap('{', items, '}')
  }
  throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function jsonKey(key: Value): string {
  return typeof key === 'string'
    ? key
    : dumps(key, { indent: null, ensureAscii: false, sortKeys: false, separators: null })
}

function jsonText(text: string, ensureAscii: boolean): string {
  // JSON.stringify escapes lone surrogates; U+007F stays as it is, both as in Python.
  const json = JSON.stringify(text)
  if (!ensureAscii) return json
  return json.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
