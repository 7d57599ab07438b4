/** Python's string helpers that chat templates use: by code points, with Python's idea of white space. */
import { str } from './printing.ts'
import { isNumber, numberOf, TemplateError, type Value } from './values.ts'

/** str.isspace(): also U+001C–U+001F and U+0085, but not U+FEFF. */
const spaces =
  '\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const leadingSpace = new RegExp(`^[${spaces}]+`)
const trailingSpace = new RegExp(`[${spaces}]+$`)
const spaceRun = new RegExp(`[${spaces}]+`)

export type Sides = 'left' | 'right' | 'both'

/** strip/lstrip/rstrip; `chars` is a set of characters. */
export function strip(text: string, chars: string | null, sides: Sides): string {
  if (chars === null) {
    const left = sides === 'right' ? text : text.replace(leadingSpace, '')
    return sides === 'left' ? left : left.replace(trailingSpace, '')
  }
  const set = new Set(chars)
  const points = [...text]
  let start = 0
  let end = points.length
  if (sides !== 'right') while (start < end && set.has(points[start]!)) start++
  if (sides !== 'left') while (end > start && set.has(points[end - 1]!)) end--
  return points.slice(start, end).join('')
}

/** split/rsplit; separator null = runs of white space. A negative limit is none. */
export function split(text: string, separator: string | null, limit: number, fromRight = false): string[] {
  if (separator === '') throw new TemplateError('empty separator')
  const clean = separator === null ? strip(text, null, 'both') : text
  if (separator === null && clean === '') return []
  const all = clean.split(separator ?? spaceRun)
  if (limit < 0 || all.length <= limit + 1) return all
  if (separator !== null) {
    const cut = fromRight ? all.length - limit : limit
    return fromRight
      ? [all.slice(0, cut).join(separator), ...all.slice(cut)]
      : [...all.slice(0, cut), all.slice(cut).join(separator)]
  }
  return splitSpaceLimited(text, limit, fromRight)
}

function splitSpaceLimited(text: string, limit: number, fromRight: boolean): string[] {
  const parts: string[] = []
  let rest = strip(text, null, fromRight ? 'right' : 'left')
  while (parts.length < limit && rest !== '') {
    const gap = fromRight ? [...rest.matchAll(new RegExp(spaceRun, 'g'))].at(-1) : spaceRun.exec(rest)
    if (!gap) break
    const after = gap.index + gap[0].length
    parts.push(fromRight ? rest.slice(after) : rest.slice(0, gap.index))
    rest = fromRight ? rest.slice(0, gap.index) : rest.slice(after)
  }
  if (rest !== '') parts.push(rest)
  return fromRight ? parts.reverse() : parts
}

export function replace(text: string, from: string, to: string, count: number): string {
  if (count < 0) return text.split(from).join(to)
  const parts = split(text, from === '' ? null : from, count)
  return from === '' ? text : parts.join(to)
}

export function capitalize(text: string): string {
  const [first = '', ...rest] = text
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** str.title(): a capital after everything that is no letter. */
export function title(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => capitalize(word))
}

/** jinja's title filter: a capital after space, bracket or hyphen only. */
export function titleFilter(text: string): string {
  return text
    .split(/([-\s({[<]+)/u)
    .map(capitalize)
    .join('')
}

/** "n=%d" % values: %s %d %i %f %x %r %%, with width and precision. */
export function percentFormat(format: string, values: readonly Value[]): string {
  let next = 0
  return format.replace(/%([-0+ ]*)(\d*)(?:\.(\d+))?([sdifxr%])/g, (_, flags, width, precision, kind) => {
    if (kind === '%') return '%'
    if (next >= values.length) throw new TemplateError('not enough arguments for format string')
    const text = percentItem(values[next++]!, kind, precision)
    const wide = Number(width || 0)
    if (flags.includes('-')) return text.padEnd(wide)
    return text.padStart(wide, flags.includes('0') && kind !== 's' ? '0' : ' ')
  })
}

function percentItem(value: Value, kind: string, precision: string | undefined): string {
  if (kind === 's' || kind === 'r')
    return str(value).slice(0, precision === undefined ? undefined : Number(precision))
  if (!isNumber(value)) throw new TemplateError(`%${kind} format: a real number is required`)
  const number = numberOf(value)
  if (kind === 'f') return number.toFixed(Number(precision ?? 6))
  return kind === 'x' ? Math.trunc(number).toString(16) : String(Math.trunc(number))
}

/** str.format with {} {0} {name}; a format after a colon is not known. */
export function braceFormat(
  format: string,
  args: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
): string {
  let next = 0
  return format.replace(/\{\{|\}\}|\{(\w*)\}/g, (whole, name: string | undefined) => {
    if (whole === '{{' || whole === '}}') return whole[0]!
    const key = name === '' || name === undefined ? String(next++) : name
    const value = /^\d+$/.test(key) ? args[Number(key)] : kwargs.get(key)
    if (value === undefined) throw new TemplateError(`format() has no value for {${name ?? ''}}`)
    return str(value)
  })
}
