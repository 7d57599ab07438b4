import { expect, test } from 'vitest'
import { fields, table } from './table.ts'

test('texts go left, numbers right, wide characters count twice', () => {
  const rows = [
    { name: 'a', n: '1' },
    { name: '詩集', n: '1000' },
  ]
  const text = table(rows, [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'N', value: ({ n }) => n, align: 'right' },
    { title: 'LAST', value: () => '' },
  ])
  expect(text.split('\n')).toEqual(['NAME     N  LAST', 'a        1', '詩集  1000'])
})

test('fields align their values', () => {
  expect(
    fields([
      ['a', '1'],
      ['long', '2'],
    ]),
  ).toBe('a     1\nlong  2')
})
