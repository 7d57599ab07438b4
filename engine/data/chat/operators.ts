/** The operators of a template, as Python computes them. */
import { str } from './printing.ts'
import {
  compare,
  equals,
  float,
  getKey,
  isFloat,
  isNumber,
  iterate,
  numberOf,
  PyTuple,
  TemplateError,
  typeName,
  Undefined,
  type Value,
} from './values.ts'

export const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'])

export function comparison(operator: string, a: Value, b: Value): boolean {
  switch (operator) {
    case '==':
      return equals(a, b)
    case '!=':
      return !equals(a, b)
    case 'in':
      return contains(b, a)
    case 'not in':
      return !contains(b, a)
  }
  refuseUndefined(a, b)
  const order = compare(a, b)
  return operator === '<'
    ? order < 0
    : operator === '<='
      ? order <= 0
      : operator === '>'
        ? order > 0
        : order >= 0
}

export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item)
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
  }
  if (container instanceof Map) return getKey(container, item) !== undefined
  return iterate(container).some((other) => equals(other, item))
}

export function arithmetic(operator: string, a: Value, b: Value): Value {
  if (operator === '~') return str(a) + str(b)
  refuseUndefined(a, b)
  if (isNumber(a) && isNumber(b)) return calculate(operator, a, b)
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') return a + b
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
    if (a instanceof PyTuple && b instanceof PyTuple) return new PyTuple([...a.items, ...b.items])
    if (typeof a === 'string')
      throw new TemplateError(`can only concatenate str (not "${typeName(b)}") to str`)
  }
  if (operator === '*') {
    const [thing, times] = isNumber(b) ? [a, b] : [b, a]
    if (isNumber(times) && !isFloat(times)) {
      const count = Math.max(0, numberOf(times))
      if (typeof thing === 'string') return thing.repeat(count)
      if (Array.isArray(thing)) return Array.from({ length: count }, () => thing).flat()
    }
  }
  throw new TemplateError(
    `unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`,
  )
}

type Numeric = Parameters<typeof numberOf>[0]

function calculate(operator: string, a: Numeric, b: Numeric): Value {
  const [x, y] = [numberOf(a), numberOf(b)]
  const whole = !isFloat(a) && !isFloat(b)
  const result = (value: number): Value => (whole ? value : float(value))
  if (y === 0 && ['/', '//', '%'].includes(operator)) throw new TemplateError('division by zero')
  switch (operator) {
    case '+':
      return result(x + y)
    case '-':
      return result(x - y)
    case '*':
      return result(x * y)
    case '/':
      return float(x / y)
    case '//':
      return result(Math.floor(x / y))
    case '%':
      return result(x - y * Math.floor(x / y))
    case '**':
      return whole && y >= 0 ? x ** y : float(x ** y)
    default:
      throw new TemplateError(`unknown operator ${operator}`)
  }
}

export function negative(value: Value): Value {
  if (isNumber(value)) return isFloat(value) ? float(-numberOf(value)) : -numberOf(value)
  refuseUndefined(value)
  throw new TemplateError(`bad operand type for unary -: '${typeName(value)}'`)
}

export function refuseUndefined(...values: readonly Value[]): void {
  for (const value of values) if (value instanceof Undefined) throw new TemplateError(value.what)
}
