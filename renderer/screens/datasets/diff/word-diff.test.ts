import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortened, wordDiff } from './word-diff.ts'

const join = (parts: ReturnType<typeof wordDiff>, without: 'added' | 'removed') =>
  parts
    .filter((part) => part.kind !== without)
    .map((part) => part.text)
    .join('')

test('both texts can be read from the difference', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '.'), maxLength: 30 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = wordDiff(before, after)
      expect(join(parts, 'added')).toBe(before)
      expect(join(parts, 'removed')).toBe(after)
    }),
  )
})

test('a changed word is told, and nothing else', () => {
  expect(wordDiff('the old ship', 'the new ship')).toEqual([
    { text: 'the ', kind: 'same' },
    { text: 'old', kind: 'removed' },
    { text: 'new', kind: 'added' },
    { text: ' ship', kind: 'same' },
  ])
})

test('texts too long for words are compared as wholes', () => {
  const long = 'x '.repeat(30_000)
  expect(wordDiff(long, `${long}y`)).toHaveLength(2)
})

test('long unchanged stretches keep the words beside a change', () => {
  const [first, , , last] = shortened(
    wordDiff(`${'a '.repeat(200)}old${' z'.repeat(200)}`, `${'a '.repeat(200)}new${' z'.repeat(200)}`),
    10,
  )
  expect(first!.text.length).toBeLessThan(30)
  expect(first!.text.endsWith('a a ')).toBe(true)
  expect(last!.text.startsWith(' z z')).toBe(true)
})
