/** Values of a chat template with Python's meaning: what is true, equal, smaller, and how it is printed. */
import { JsonFloat } from '../json.ts'

/** A name or field that is not there; it knows what to say when somebody uses it. */
export class Undefined {
  readonly what: string
  constructor(what: string) {
    this.what = what
  }
}

/** Named attributes: a namespace (may be assigned to) or the `loop` of a for block. */
export class Attributes {
  readonly map: Map<string, Value>
  constructor(map: Map<string, Value>) {
    this.map = map
  }
}

export class PyTuple {
  readonly items: readonly Value[]
  constructor(items: readonly Value[]) {
    this.items = items
  }
}

export type Callable = (args: readonly Value[], kwargs: ReadonlyMap<string, Value>) => Value

/** Whole numbers are `number` or `bigint`; a `number` with a fraction or a JsonFloat is a float. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonFloat
  | Undefined
  | Attributes
  | PyTuple
  | Value[]
  | Map<Value, Value>
  | Callable

/** What goes wrong inside a template; the words are for the person. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** JavaScript data (parsed JSON) as template values. */
export function toValue(data: unknown): Value {
  if (data === null || data === undefined) return null
  if (Array.isArray(data)) return data.map(toValue)
  if (data instanceof JsonFloat) return data
  switch (typeof data) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return data
    case 'object':
      return new Map(Object.entries(data).map(([key, value]) => [key, toValue(value)]))
    default:
      throw new TemplateError(`a ${typeof data} cannot be given to a chat template`)
  }
}

/** `??` would take Python's None for a missing value. */
export function orElse(value: Value | undefined, fallback: Value): Value {
  return value === undefined ? fallback : value
}

export function isNumber(value: Value): value is number | bigint | JsonFloat | boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean' ||
    value instanceof JsonFloat
  )
}

export function isFloat(value: Value): boolean {
  return value instanceof JsonFloat || (typeof value === 'number' && !Number.isInteger(value))
}

export function numberOf(value: number | bigint | JsonFloat | boolean): number {
  return value instanceof JsonFloat ? value.value : Number(value)
}

/** A result that Python would have as a float. */
export function float(value: number): Value {
  return Number.isInteger(value) ? new JsonFloat(value) : value
}

export function truthy(value: Value): boolean {
  if (value instanceof JsonFloat) return value.value !== 0
  if (value instanceof Undefined) return false
  if (value instanceof PyTuple) return value.items.length > 0
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  return Boolean(value)
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (value instanceof Undefined) return 'Undefined'
  if (isFloat(value)) return 'float'
  if (value instanceof PyTuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map) return 'dict'
  if (value instanceof Attributes) return 'namespace'
  const names: Record<string, string> = { boolean: 'bool', number: 'int', bigint: 'int', string: 'str' }
  return names[typeof value] ?? 'function'
}

export function equals(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) {
    return typeof a === 'bigint' && typeof b === 'bigint' ? a === b : numberOf(a) === numberOf(b)
  }
  if (a instanceof Undefined) return b instanceof Undefined
  if (a instanceof PyTuple) return b instanceof PyTuple && sameItems(a.items, b.items)
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b)
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false
    return [...a].every(([key, value]) => {
      const other = getKey(b, key)
      return other !== undefined && equals(value, other)
    })
  }
  return a === b
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => equals(item, b[i]!))
}

/** The value of a key, where 1, 1.0 and True are one key as in Python. */
export function getKey(map: ReadonlyMap<Value, Value>, key: Value): Value | undefined {
  const direct = map.get(key)
  if (direct !== undefined || !isNumber(key)) return direct
  for (const [other, value] of map) if (isNumber(other) && equals(other, key)) return value
  return undefined
}

/** Negative, 0 or positive; only like with like can be ordered. */
export function compare(a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) return numberOf(a) - numberOf(b)
  if (typeof a === 'string' && typeof b === 'string') return comparePoints(a, b)
  const [x, y] = [a instanceof PyTuple ? a.items : a, b instanceof PyTuple ? b.items : b]
  if (Array.isArray(x) && Array.isArray(y) && a instanceof PyTuple === b instanceof PyTuple) {
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      if (!equals(x[i], y[i])) return compare(x[i], y[i])
    }
    return x.length - y.length
  }
  throw new TemplateError(`'${typeName(a)}' and '${typeName(b)}' cannot be ordered`)
}

/** By code points, not by UTF-16 units. */
function comparePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
  }
  return x.length - y.length
}

/** The items of anything a for block can go through. */
export function iterate(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value
  if (value instanceof PyTuple) return value.items
  if (value instanceof Map) return [...value.keys()]
  if (typeof value === 'string') return [...value]
  if (value instanceof Undefined) return []
  throw new TemplateError(`'${typeName(value)}' object is not iterable`)
}
