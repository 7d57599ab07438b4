import { expect, test } from 'vitest'
import { flatNames } from './download-folder.ts'

test.each([
  [
    ['train.jsonl', 'validation.jsonl'],
    ['train.jsonl', 'validation.jsonl'],
  ],
  [
    [
      'data/train-00000-of-00002.parquet',
      'data/train-00001-of-00002.parquet',
      'data/test-00000-of-00001.parquet',
    ],
    ['train-00000-of-00002.parquet', 'train-00001-of-00002.parquet', 'test-00000-of-00001.parquet'],
  ],
  [
    ['en/train/0000.parquet', 'en/validation/0000.parquet'],
    ['train-en-0000.parquet', 'validation-en-0000.parquet'],
  ],
  [
    ['de/train.csv', 'en/train.csv'],
    ['train.csv', 'train-en.csv'],
  ],
  [['training_notes/rows.json'], ['training_notes-rows.json']],
  [
    ['a/b-c.json', 'a-b/c.json'],
    ['a-b-c.json', 'a-b-c-1.json'],
  ],
])('%j lie flat as %j', (paths, names) => {
  const flat = flatNames(paths)
  expect(paths.map((path) => flat.get(path))).toEqual(names)
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(paths.length)
})
