import { expect, test } from 'vitest'
import { draftOf, filterOf } from './filter-draft.ts'

const nothing = { text: '', from: '', to: '' }

test.each([
  { op: 'contains', column: 'prompt', text: 'sea' },
  { op: 'empty', column: 'prompt' },
  { op: 'at-least', column: 'score', number: 0.5 },
  { op: 'chars', column: 'prompt', from: 10, to: null },
] as const)('a filter survives being edited: $op', (filter) => {
  expect(filterOf(filter.column, draftOf(filter))).toEqual(filter)
})

test('a filter says nothing until its value is there', () => {
  expect(filterOf('prompt', { ...nothing, op: 'contains' })).toBeUndefined()
  expect(filterOf('score', { ...nothing, op: 'less', text: 'many' })).toBeUndefined()
  expect(filterOf('prompt', { ...nothing, op: 'chars', from: '-3' })).toBeUndefined()
})

test('a decimal comma is a decimal point', () => {
  expect(filterOf('score', { ...nothing, op: 'less', text: '0,5' })).toEqual({
    op: 'less',
    column: 'score',
    number: 0.5,
  })
})
