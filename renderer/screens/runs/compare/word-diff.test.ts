import { expect, test } from 'vitest'
import { wordDiff } from './word-diff.ts'

const read = (base: string, text: string) =>
  wordDiff(base, text).map(({ kind, text: piece }) => `${kind[0]}:${piece}`)

test('words that differ are told apart, spaces and lines stay', () => {
  expect(read('the key is here', 'the map is here')).toEqual(['s:the ', 'r:key', 'a:map', 's: is here'])
  const pieces = wordDiff('first line\ntwo', 'first line\nthree')
  expect(
    pieces
      .filter(({ kind }) => kind !== 'removed')
      .map(({ text }) => text)
      .join(''),
  ).toBe('first line\nthree')
})

test('equal and very long texts are left as they are', () => {
  expect(read('a', 'a')).toEqual(['s:a'])
  expect(read('one two three four', 'five six seven four')).toEqual(['s:five six seven four'])
  expect(wordDiff('a '.repeat(5_000), 'b').map(({ kind }) => kind)).toEqual(['same'])
})
