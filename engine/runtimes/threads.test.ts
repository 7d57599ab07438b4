/** The default number of threads follows OMP_NUM_THREADS, and nothing that is no number. */
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { defaultThreads } from './threads.ts'

test.each([
  ['3', 3],
  ['4,2', 4],
  ['', availableParallelism()],
  ['0', availableParallelism()],
  ['many', availableParallelism()],
  [undefined, availableParallelism()],
])('OMP_NUM_THREADS %o', (value, threads) => {
  expect(defaultThreads({ OMP_NUM_THREADS: value })).toBe(threads)
})
