/** The tests of a template (`x is string`). */
import type { Arguments } from './arguments.ts'
import { comparison, contains } from './operators.ts'
import {
  equals,
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

type Test = (value: Value, args: Arguments) => boolean

const isWhole = (value: Value) => isNumber(value) && typeof value !== 'boolean' && !isFloat(value)

function remainder(value: Value, by: Value | undefined): number {
  if (!isNumber(value) || by === undefined || !isNumber(by))
    throw new TemplateError('a number is needed for this test')
  return numberOf(value) % numberOf(by)
}

const compared =
  (operator: string): Test =>
  (value, args) =>
    comparison(operator, value, args.list[0] ?? null)

export const templateTests: Record<string, Test> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  string: (value) => typeof value === 'string',
  number: (value) => isNumber(value),
  integer: isWhole,
  float: isFloat,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  mapping: (value) => value instanceof Map,
  iterable: (value) => canIterate(value),
  sequence: (value) =>
    typeof value === 'string' || Array.isArray(value) || value instanceof Map || value instanceof PyTuple,
  callable: (value) => typeof value === 'function',
  odd: (value) => Math.abs(remainder(value, 2)) === 1,
  even: (value) => remainder(value, 2) === 0,
  divisibleby: (value, args) => remainder(value, args.list[0]) === 0,
  lower: (value) => typeof value === 'string' && value === value.toLowerCase(),
  upper: (value) => typeof value === 'string' && value === value.toUpperCase(),
  in: (value, args) => contains(args.list[0] ?? null, value),
  sameas: (value, args) => value === args.list[0],
  eq: (value, args) => equals(value, args.list[0] ?? null),
  equalto: (value, args) => equals(value, args.list[0] ?? null),
  ne: compared('!='),
  lt: compared('<'),
  lessthan: compared('<'),
  le: compared('<='),
  gt: compared('>'),
  greaterthan: compared('>'),
  ge: compared('>='),
}

export function templateTest(name: string): Test {
  const test = Object.hasOwn(templateTests, name) ? templateTests[name] : undefined
  if (test === undefined) throw new TemplateError(`No test named '${name}'`)
  return test
}

function canIterate(value: Value): boolean {
  if (value === null || typeName(value) === 'namespace') return false
  try {
    iterate(value)
    return true
  } catch {
    return false
  }
}
