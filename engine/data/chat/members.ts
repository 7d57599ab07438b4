/** Attributes, items, slices and methods of values. */
import { Arguments } from './arguments.ts'
import { str } from './printing.ts'
import { braceFormat, capitalize, replace, split, strip, title } from './text.ts'
import {
  Attributes,
  equals,
  getKey,
  isFloat,
  isNumber,
  iterate,
  numberOf,
  orElse,
  PyTuple,
  TemplateError,
  typeName,
  Undefined,
  type Value,
} from './values.ts'

type Method<T> = (self: T, args: Arguments) => Value

const prefixes = (args: Arguments): string[] => {
  const given = args.list[0]
  const texts = given instanceof PyTuple ? given.items : [given ?? null]
  return texts.map((text) => {
    if (typeof text === 'string') return text
    throw new TemplateError(`startswith/endswith need a string or a tuple of strings, not ${typeName(text)}`)
  })
}

const textMethods: Record<string, Method<string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => text.toLowerCase(),
  title: (text) => title(text),
  capitalize: (text) => capitalize(text),
  strip: (text, args) => strip(text, args.optionalText(0, 'chars'), 'both'),
  lstrip: (text, args) => strip(text, args.optionalText(0, 'chars'), 'left'),
  rstrip: (text, args) => strip(text, args.optionalText(0, 'chars'), 'right'),
  startswith: (text, args) => prefixes(args).some((prefix) => text.startsWith(prefix)),
  endswith: (text, args) => prefixes(args).some((suffix) => text.endsWith(suffix)),
  removeprefix: (text, args) =>
    text.startsWith(args.text(0, 'prefix')) ? text.slice(args.text(0, 'prefix').length) : text,
  removesuffix: (text, args) => {
    const suffix = args.text(0, 'suffix')
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  },
  split: (text, args) => split(text, args.optionalText(0, 'sep'), args.whole(1, 'maxsplit', -1)),
  rsplit: (text, args) => split(text, args.optionalText(0, 'sep'), args.whole(1, 'maxsplit', -1), true),
  splitlines: (text, args) => splitLines(text, args.flag(0, 'keepends')),
  replace: (text, args) =>
    replace(text, args.text(0, 'old'), args.text(1, 'new'), args.whole(2, 'count', -1)),
  join: (text, args) =>
    iterate(args.list[0] ?? null)
      .map(str)
      .join(text),
  find: (text, args) => pointIndex(text, text.indexOf(args.text(0, 'sub'))),
  rfind: (text, args) => pointIndex(text, text.lastIndexOf(args.text(0, 'sub'))),
  count: (text, args) => text.split(args.text(0, 'sub')).length - 1,
  format: (text, args) => braceFormat(text, args.list, args.named),
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isnumeric: (text) => /^\p{N}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: (text) => text !== '' && strip(text, null, 'both') === '',
  islower: (text) => text === text.toLowerCase() && text !== text.toUpperCase(),
  isupper: (text) => text === text.toUpperCase() && text !== text.toLowerCase(),
  zfill: (text, args) => text.padStart(args.whole(0, 'width', 0), '0'),
  ljust: (text, args) => text.padEnd(args.whole(0, 'width', 0), args.text(1, 'fillchar', ' ')),
  rjust: (text, args) => text.padStart(args.whole(0, 'width', 0), args.text(1, 'fillchar', ' ')),
}

const mapMethods: Record<string, Method<Map<Value, Value>>> = {
  get: (map, args) => orElse(getKey(map, args.list[0] ?? null), args.list[1] ?? null),
  items: (map) => [...map].map((entry) => new PyTuple(entry)),
  keys: (map) => [...map.keys()],
  values: (map) => [...map.values()],
}

const listMethods: Record<string, Method<readonly Value[]>> = {
  index: (list, args) => {
    const index = list.findIndex((item) => equals(item, args.list[0] ?? null))
    if (index < 0) throw new TemplateError('the value is not in the list')
    return index
  },
  count: (list, args) => list.filter((item) => equals(item, args.list[0] ?? null)).length,
}

function method(object: Value, name: string): Value | undefined {
  const bind = <T>(self: T, methods: Record<string, Method<T>>): Value | undefined => {
    const found = Object.hasOwn(methods, name) ? methods[name] : undefined
    return found && ((args, kwargs) => found(self, new Arguments(args, kwargs)))
  }
  if (typeof object === 'string') return bind(object, textMethods)
  if (object instanceof Map) return bind(object, mapMethods)
  if (Array.isArray(object)) return bind<readonly Value[]>(object, listMethods)
  return object instanceof PyTuple ? bind(object.items, listMethods) : undefined
}

/** object.name: methods first, then items, as jinja does. */
export function attribute(object: Value, name: string): Value {
  if (object instanceof Undefined) throw new TemplateError(object.what)
  if (object instanceof Attributes) return orElse(object.map.get(name), missing(object, name))
  const own = method(object, name) ?? (object instanceof Map ? object.get(name) : undefined)
  return orElse(own, missing(object, name))
}

/** object[key]: items first, then methods. */
export function item(object: Value, key: Value): Value {
  if (object instanceof Undefined) throw new TemplateError(object.what)
  if (object instanceof Map) {
    const value = getKey(object, key)
    if (value !== undefined) return value
  } else if (isNumber(key) && !isFloat(key)) {
    const list = typeof object === 'string' ? [...object] : sequence(object)
    const value = list?.at(numberOf(key))
    if (value !== undefined) return value
  }
  return typeof key === 'string' ? attribute(object, key) : missing(object, str(key))
}

function missing(object: Value, name: string): Undefined {
  return new Undefined(`'${typeName(object)} object' has no attribute '${name}'`)
}

function sequence(value: Value): readonly Value[] | null {
  return Array.isArray(value) ? value : value instanceof PyTuple ? value.items : null
}

export function slice(object: Value, bounds: readonly (Value | undefined)[]): Value {
  const list: readonly Value[] | null = typeof object === 'string' ? [...object] : sequence(object)
  if (list === null) {
    if (object instanceof Undefined) throw new TemplateError(object.what)
    throw new TemplateError(`'${typeName(object)}' object cannot be sliced`)
  }
  const [start, stop, step] = bounds.map((bound) => {
    if (bound === undefined || bound === null || bound instanceof Undefined) return null
    if (isNumber(bound) && !isFloat(bound)) return numberOf(bound)
    throw new TemplateError('slice indices must be whole numbers or None')
  })
  const picked = sliceIndices(list.length, start ?? null, stop ?? null, step ?? 1).map((i) => list[i]!)
  if (typeof object === 'string') return picked.join('')
  return object instanceof PyTuple ? new PyTuple(picked) : picked
}

function sliceIndices(length: number, start: number | null, stop: number | null, step: number): number[] {
  if (step === 0) throw new TemplateError('slice step cannot be zero')
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
  const clamp = (bound: number | null, fallback: number) =>
    bound === null ? fallback : Math.min(high, Math.max(low, bound < 0 ? bound + length : bound))
  const from = clamp(start, step > 0 ? low : high)
  const to = clamp(stop, step > 0 ? high : low)
  const indices: number[] = []
  for (let i = from; step > 0 ? i < to : i > to; i += step) indices.push(i)
  return indices
}

function pointIndex(text: string, unit: number): number {
  return unit < 0 ? -1 : [...text.slice(0, unit)].length
}

/** Where Python's splitlines() ends a line. */
const lineBreaks = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029'
const lineEnd = new RegExp(`\\r\\n|[${lineBreaks}]`, 'g')

function splitLines(text: string, keep: boolean): string[] {
  const lines: string[] = []
  let start = 0
  for (const { 0: end, index } of text.matchAll(lineEnd)) {
    lines.push(text.slice(start, keep ? index + end.length : index))
    start = index + end.length
  }
  return start < text.length ? [...lines, text.slice(start)] : lines
}
