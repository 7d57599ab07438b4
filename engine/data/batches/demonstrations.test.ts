/** Demonstrations stand in front, are not scored, and never push an example out of its row. */
import { expect, test } from 'vitest'
import { drawDemonstrations, withDemonstrations } from './demonstrations.ts'
import { exampleAt, tokenizedDataset } from './tokenized-dataset.ts'

const example = (ids: number[], labels: number[]) => ({
  ids: Int32Array.from(ids),
  labels: Int32Array.from(labels),
})
const plain = (dataset: ReturnType<typeof tokenizedDataset>, i: number) => {
  const { ids, labels } = exampleAt(dataset, i)
  return [[...ids], [...labels]]
}
const N = -100
const train = tokenizedDataset(
  Array.from({ length: 9 }, (_, i) => example([1, 10 + i, 20 + i, 2], [N, N, 20 + i, 2])),
  'train',
)

test('drawing is decided by the seed, without repetition', () => {
  const first = (seed: number, count = 4) => drawDemonstrations(train, { count, seed }).map((e) => e.ids[1])
  expect(first(1)).toEqual(first(1))
  expect(first(1)).not.toEqual(first(2))
  expect(new Set(first(3, 9)).size).toBe(9)
  expect(first(3, 50)).toHaveLength(9)
  // More of them are the same ones and further ones.
  expect(first(5, 6).slice(0, 4)).toEqual(first(5, 4))
})

test('one begin token at the front, the labels of the example alone', () => {
  const shown = [example([1, 7, 8, 2], [N, N, 8, 2]), example([1, 5, 6, 2], [N, N, 6, 2])]
  const held = tokenizedDataset([example([1, 30, 40, 2], [N, N, 40, 2])], 'held')
  const { dataset, shortened } = withDemonstrations(held, shown, 16, 1)
  expect(plain(dataset, 0)).toEqual([
    [1, 7, 8, 2, 5, 6, 2, 30, 40, 2],
    [N, N, N, N, N, N, N, N, 40, 2],
  ])
  expect(shortened).toBe(0)
  expect(dataset.hash).not.toBe(held.hash)
})

test('where there is little room the last ones stay', () => {
  const shown = [example([7, 8, 9], [N, N, 9]), example([5, 6], [N, 6])]
  const held = tokenizedDataset(
    [example([30, 40], [N, 40]), example([1, 2, 3, 4, 5], [N, N, N, N, 5])],
    'held',
  )
  const { dataset, shortened } = withDemonstrations(held, shown, 5, null)
  expect(plain(dataset, 0)).toEqual([
    [5, 6, 30, 40],
    [N, N, N, 40],
  ])
  expect(plain(dataset, 1)[0]).toEqual([1, 2, 3, 4, 5])
  expect(shortened).toBe(2)
})

test('a first token that nothing stands before is scored with no demonstrations, and not with them either', () => {
  const held = tokenizedDataset([example([30, 40], [30, 40])], 'held')
  expect(plain(withDemonstrations(held, [example([7], [7])], 9, null).dataset, 0)[1]).toEqual([N, N, 40])
})
