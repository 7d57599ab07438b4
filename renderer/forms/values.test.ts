/** Typed texts and values go both ways, and nothing that was typed is lost. */
import { describe, expect, test } from 'vitest'
import type { FieldView } from '../../electron/contract/fields.ts'
import { readText, sameValue, shownValue, withValue, writeJson, writeText } from './values.ts'

const field = (changes: Partial<FieldView>): FieldView => ({
  key: 'k',
  type: 'number',
  label: 'K',
  help: '',
  default: 1,
  advanced: false,
  group: null,
  perMethod: false,
  unit: null,
  min: null,
  max: null,
  above: null,
  range: null,
  options: null,
  none: null,
  format: null,
  names: null,
  words: null,
  patterns: false,
  ...changes,
})

describe('reading', () => {
  test.each([
    [{}, '1e-4', 1e-4],
    [{}, ' −3 ', -3],
    [{}, '1e', '1e'],
    [{}, '', undefined],
    [{ none: 'not clipped' }, '  ', null],
    [{ type: 'text' }, '  a ', '  a '],
    [{ type: 'custom' }, 'q_proj, v_proj', ['q_proj', 'v_proj']],
    [{ type: 'custom' }, '{"q_proj": 4}', { q_proj: 4 }],
    [{ type: 'custom' }, '{"q_proj": ', '{"q_proj": '],
  ] as const)('%j "%s"', (changes, text, value) => {
    expect(readText(field(changes as Partial<FieldView>), text)).toEqual(value)
  })
})

test('what is written is read as the same value', () => {
  for (const value of [0.002, 2.7e-5, 120, 1e-9, -4])
    expect(readText(field({}), writeText(field({}), value))).toBe(value)
  const custom = field({ type: 'custom' })
  for (const value of [['a', 'b'], { a: 1 }, [1, 2], true])
    expect(readText(custom, writeText(custom, value))).toEqual(value)
  expect(writeText(field({}), 2.7e-5)).toBe('2.7e-5')
})

test('a value in words', () => {
  expect(shownValue(field({ none: 'not clipped' }), null)).toBe('not clipped')
  expect(shownValue(field({ type: 'choice', options: [{ value: 'a', label: 'the first' }] }), 'a')).toBe(
    'the first',
  )
  expect(shownValue(field({ type: 'boolean' }), true)).toBe('on')
})

test('defaults are not kept, everything else is', () => {
  const list = field({ key: 'list', type: 'custom', default: [] })
  expect(withValue({ list: [1], other: 2 }, list, [])).toEqual({ other: 2 })
  expect(withValue({}, list, [1])).toEqual({ list: [1] })
  expect(withValue({ list: [1] }, list, undefined)).toEqual({})
})

test('equality of JSON values', () => {
  expect(sameValue({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true)
  for (const [a, b] of [
    [{}, []],
    [{ a: 1 }, { b: 1 }],
    [[1], [1, 2]],
    [null, {}],
    [1, '1'],
  ] as const)
    expect(sameValue(a, b)).toBe(false)
})

test('a JSON document stays the same value', () => {
  const value = { a: ['x, [y]', 'z\n'], b: [1, 2, 3], c: [[1], { d: [] }], e: {} }
  expect(JSON.parse(writeJson(value))).toEqual(value)
  expect(writeJson({ b: [1, 2] })).toBe('{\n  "b": [1, 2]\n}')
})
