/** The filters of a template (`x | trim`), as jinja 3.1 and transformers define them. */
import { Arguments } from './arguments.ts'
import { item } from './members.ts'
import { arithmetic } from './operators.ts'
import { dumps, str } from './printing.ts'
import { templateTest } from './template-tests.ts'
import { capitalize, percentFormat, replace, strip, titleFilter } from './text.ts'
import {
  compare,
  equals,
  float,
  isNumber,
  iterate,
  numberOf,
  orElse,
  PyTuple,
  TemplateError,
  truthy,
  typeName,
  Undefined,
  type Value,
} from './values.ts'

type Filter = (value: Value, args: Arguments) => Value

const upTo = (args: Arguments, from: number) => new Arguments(args.list.slice(from), args.named)

export const filters: Record<string, Filter> = {
  abs: (value) => (number(value) < 0 ? arithmetic('*', value, -1) : value),
  capitalize: (value) => capitalize(str(value)),
  count: size,
  default: (value, args) =>
    value instanceof Undefined || (args.flag(1, 'boolean') && !truthy(value))
      ? orElse(args.get(0, 'default_value'), '')
      : value,
  dictsort: (value, args) => {
    const index = args.text(1, 'by', 'key') === 'key' ? 0 : 1
    const entries = pairs(value).map((entry) => new PyTuple(entry))
    return sorted(
      entries,
      (entry) => (entry as PyTuple).items[index]!,
      args.flag(0, 'case_sensitive'),
      args.flag(2, 'reverse'),
    )
  },
  escape: (value) => str(value).replace(/[&<>'"]/g, (char) => `&${htmlNames[char]};`),
  first: (value) => orElse(iterate(value)[0], new Undefined('No first item, sequence was empty.')),
  float: (value, args) => {
    const parsed =
      typeof value === 'string'
        ? Number(strip(value, null, 'both') || 'x')
        : isNumber(value)
          ? numberOf(value)
          : Number.NaN
    return Number.isNaN(parsed) ? orElse(args.get(0, 'default'), float(0)) : float(parsed)
  },
  format: (value, args) => percentFormat(str(value), args.list),
  group: (value) => value,
  groupby: (value, args) => {
    const by = byAttribute(args.get(0, 'attribute') ?? null, args.get(1, 'default'))
    const groups: { key: Value; members: Value[] }[] = []
    for (const member of sorted(iterate(value), by, args.flag(2, 'case_sensitive'), false)) {
      const last = groups.at(-1)
      if (last && equals(last.key, by(member))) last.members.push(member)
      else groups.push({ key: by(member), members: [member] })
    }
    return groups.map(({ key, members }) => new PyTuple([key, members]))
  },
  indent: (value, args) => {
    const width = args.get(0, 'width') ?? 4
    const prefix = typeof width === 'string' ? width : ' '.repeat(number(width))
    const [first, blank] = [args.flag(1, 'first'), args.flag(2, 'blank')]
    return str(value)
      .split('\n')
      .map((line, i) => ((i === 0 && !first) || (i > 0 && line === '' && !blank) ? line : prefix + line))
      .join('\n')
  },
  int: (value, args) => {
    if (isNumber(value)) return typeof value === 'bigint' ? value : Math.trunc(numberOf(value))
    const text = typeof value === 'string' ? strip(value, null, 'both').replaceAll('_', '') : ''
    const parsed = /^[-+]?\d+$/.test(text) ? Number(text) : Math.trunc(Number(text || 'x'))
    return Number.isNaN(parsed) ? orElse(args.get(0, 'default'), 0) : parsed
  },
  items: (value) => (value instanceof Undefined ? [] : pairs(value).map((entry) => new PyTuple(entry))),
  join: (value, args) => {
    const by = args.get(1, 'attribute')
    const list = by === undefined ? iterate(value) : iterate(value).map(byAttribute(by))
    return list.map(str).join(args.text(0, 'd', ''))
  },
  last: (value) => orElse(iterate(value).at(-1), new Undefined('No last item, sequence was empty.')),
  length: size,
  list: (value) => [...iterate(value)],
  lower: (value) => str(value).toLowerCase(),
  map: (value, args) => {
    const by = args.named.get('attribute')
    if (by !== undefined) return iterate(value).map(byAttribute(by, args.named.get('default')))
    const apply = filter(args.text(0, 'name'))
    return iterate(value).map((member) => apply(member, upTo(args, 1)))
  },
  max: (value, args) => extreme(value, args, 1),
  min: (value, args) => extreme(value, args, -1),
  reject: (value, args) => chosen(value, args, false, null),
  rejectattr: (value, args) => chosen(value, upTo(args, 1), false, args.get(0, 'attribute') ?? null),
  replace: (value, args) =>
    replace(str(value), args.text(0, 'old'), args.text(1, 'new'), args.whole(2, 'count', -1)),
  reverse: (value) =>
    typeof value === 'string' ? [...value].reverse().join('') : iterate(value).toReversed(),
  round: (value, args) => {
    const scale = 10 ** args.whole(0, 'precision', 0)
    const method = args.text(1, 'method', 'common')
    const scaled = number(value) * scale
    return float(
      (method === 'ceil' ? Math.ceil(scaled) : method === 'floor' ? Math.floor(scaled) : halfToEven(scaled)) /
        scale,
    )
  },
  safe: (value) => value,
  select: (value, args) => chosen(value, args, true, null),
  selectattr: (value, args) => chosen(value, upTo(args, 1), true, args.get(0, 'attribute') ?? null),
  sort: (value, args) =>
    sorted(
      iterate(value),
      byAttribute(args.get(2, 'attribute') ?? null),
      args.flag(1, 'case_sensitive'),
      args.flag(0, 'reverse'),
    ),
  string: (value) => str(value),
  sum: (value, args) => {
    const by = byAttribute(args.get(0, 'attribute') ?? null)
    return iterate(value).reduce<Value>(
      (sum, member) => arithmetic('+', sum, by(member)),
      args.get(1, 'start') ?? 0,
    )
  },
  title: (value) => titleFilter(str(value)),
  tojson: (value, args) => {
    const indent = args.get(1, 'indent') ?? null
    const separators = args.get(2, 'separators') ?? null
    const pair = separators === null ? null : iterate(separators).map(str)
    return dumps(value, {
      ensureAscii: args.flag(0, 'ensure_ascii'),
      indent: indent === null ? null : typeof indent === 'string' ? indent : ' '.repeat(number(indent)),
      separators: pair === null ? null : [pair[0] ?? ',', pair[1] ?? ':'],
      sortKeys: args.flag(3, 'sort_keys'),
    })
  },
  trim: (value, args) => strip(str(value), args.optionalText(0, 'chars'), 'both'),
  truncate: (value, args) => truncate(str(value), args),
  // Written by prepare-template for ('a',).
  tuple: (value) => new PyTuple(iterate(value)),
  unique: (value, args) => {
    const by = byAttribute(args.get(1, 'attribute') ?? null)
    const sensitive = args.flag(0, 'case_sensitive')
    const seen: Value[] = []
    return iterate(value).filter((member) => {
      const key = folded(by(member), sensitive)
      if (seen.some((other) => equals(other, key))) return false
      seen.push(key)
      return true
    })
  },
  upper: (value) => str(value).toUpperCase(),
  urlencode: (value) =>
    encodeURIComponent(str(value))
      .replace(/%2F/g, '/')
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  wordcount: (value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
}
const aliases: Record<string, string> = { d: 'default', e: 'escape' }

/** `is_NAME` and `is_not_NAME` are tests with an argument, written as filters by prepare-template. */
export function filter(name: string): Filter {
  const test = /^is_(not_)?(\w+)$/.exec(name)
  if (test) {
    const check = templateTest(test[2]!)
    return (value, args) => check(value, args) !== (test[1] !== undefined)
  }
  const known = aliases[name] ?? name
  const found = Object.hasOwn(filters, known) ? filters[known] : undefined
  if (found === undefined) throw new TemplateError(`No filter named '${name}'`)
  return found
}

const htmlNames: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', "'": '#39', '"': '#34' }

function number(value: Value): number {
  if (isNumber(value)) return numberOf(value)
  throw new TemplateError(`a number is needed, not ${typeName(value)}`)
}

function size(value: Value): Value {
  return value instanceof Undefined ? 0 : iterate(value).length
}

function pairs(value: Value): [Value, Value][] {
  if (value instanceof Map) return [...value]
  throw new TemplateError(`Can only get item pairs from a mapping, not ${typeName(value)}`)
}

/** 'a.b' or 0 → the attribute of a value; null → the value itself. */
function byAttribute(path: Value, fallback?: Value): (value: Value) => Value {
  if (path === null) return (value) => value
  const steps = typeof path === 'string' ? path.split('.') : [path]
  return (value) => {
    let at = value
    for (const step of steps)
      at = item(at, typeof step === 'string' && /^\d+$/.test(step) ? Number(step) : step)
    return at instanceof Undefined ? orElse(fallback, at) : at
  }
}

function folded(value: Value, caseSensitive: boolean): Value {
  return typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value
}

function sorted(
  list: readonly Value[],
  by: (value: Value) => Value,
  caseSensitive: boolean,
  reverse: boolean,
): Value[] {
  return list.toSorted((a, b) => {
    const result = compare(folded(by(a), caseSensitive), folded(by(b), caseSensitive))
    return reverse ? -result : result
  })
}

function extreme(value: Value, args: Arguments, sign: 1 | -1): Value {
  const by = byAttribute(args.get(1, 'attribute') ?? null)
  const list = sorted(iterate(value), by, args.flag(0, 'case_sensitive'), sign > 0)
  return orElse(list[0], new Undefined('No aggregated item, sequence was empty.'))
}

function chosen(value: Value, args: Arguments, wanted: boolean, path: Value): Value {
  const by = byAttribute(path)
  const name = args.list[0]
  const test = name === undefined ? truthy : templateTest(args.text(0, 'test'))
  const rest = upTo(args, 1)
  return iterate(value).filter((member) => test(by(member), rest) === wanted)
}

function halfToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function truncate(text: string, args: Arguments): string {
  const length = args.whole(0, 'length', 255)
  const end = args.text(2, 'end', '...')
  const points = [...text]
  if (points.length <= length + args.whole(3, 'leeway', 5)) return text
  const cut = points.slice(0, Math.max(0, length - end.length)).join('')
  return (args.flag(1, 'killwords') ? cut : cut.replace(/ [^ ]*$/, '')) + end
}
