/** Fields check what they describe. */
import { describe, expect, test } from 'vitest'
import {
  boolean,
  choice,
  expectationOf,
  integer,
  number,
  optional,
  parseFields,
  schemaOf,
  shapeOf,
} from './fields.ts'

describe('a number', () => {
  const rate = number({ label: 'Rate', help: 'How fast.', default: 1, above: 0, max: 10 })
  test('has an exclusive lower bound where it says "above"', () => {
    expect(schemaOf(rate).safeParse(0).success).toBe(false)
    expect(schemaOf(rate).safeParse(1e-9).success).toBe(true)
    expect(schemaOf(rate).safeParse(10.5).success).toBe(false)
    expect(schemaOf(rate).safeParse(Number.NaN).success).toBe(false)
    expect(expectationOf(rate)).toBe('a number, more than 0, up to 10')
  })
})

describe('an optional field', () => {
  const threads = optional(integer({ label: 'Threads', help: 'How many.', default: 1, min: 1 }), 'all cores')
  test('takes null, and what the field itself takes', () => {
    const schema = schemaOf(threads)
    expect(schema.parse(null)).toBe(null)
    expect(schema.parse(3)).toBe(3)
    expect(schema.safeParse(0).success).toBe(false)
    expect(schema.safeParse(undefined).success).toBe(false)
    expect(threads.default).toBe(null)
  })
  test('may have another default', () => {
    const clip = optional(number({ label: 'Clip', help: 'Norm.', default: 1 }), 'not at all', 2)
    expect(parseFields('T', { clip }, {})).toEqual({ clip: 2 })
    expect(parseFields('T', { clip }, { clip: null })).toEqual({ clip: null })
  })
  test('keeps its type', () => {
    const shape = shapeOf({
      threads,
      mode: choice({ label: 'M', help: 'Mode.', default: 'a', options: { a: 'A', b: 'B' } }),
      on: boolean({ label: 'On', help: 'On.', default: true }),
    })
    const values: [number | null, 'a' | 'b', boolean] = [
      shape.threads.parse(null),
      shape.mode.parse('b'),
      shape.on.parse(false),
    ]
    expect(values).toEqual([null, 'b', false])
  })
})
