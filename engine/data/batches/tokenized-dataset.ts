/** All examples of a dataset as token ids, in flat arrays: what the cache stores and batches are made from. */
import { StudioError } from '../../errors.ts'
import type { Example } from './packing.ts'

export interface TokenizedDataset {
  readonly count: number
  /** Tokens of all examples, one after the other. */
  readonly ids: Int32Array
  /** As long as `ids`; -100 where nothing is learned. */
  readonly labels: Int32Array
  /** count + 1 entries: example i lies at [offsets[i], offsets[i + 1]). */
  readonly offsets: Float64Array
  /** Names data, options and tokenizer: equal hashes mean equal content. */
  readonly hash: string
}

/** What is not learned. */
export const ignored = -100

export function tokenizedDataset(examples: readonly Example[], hash: string): TokenizedDataset {
  const offsets = new Float64Array(examples.length + 1)
  for (const [i, example] of examples.entries()) offsets[i + 1] = offsets[i]! + example.ids.length
  const ids = new Int32Array(offsets[examples.length]!)
  const labels = new Int32Array(ids.length)
  for (const [i, example] of examples.entries()) {
    ids.set(example.ids, offsets[i])
    labels.set(example.labels, offsets[i])
  }
  return { count: examples.length, ids, labels, offsets, hash }
}

export function exampleAt(dataset: TokenizedDataset, index: number): Example {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.count) {
    throw new StudioError(
      'bad-argument',
      `There is no example ${index}: the dataset has ${dataset.count}.`,
      'Ask for an index from 0 to one less than the number of examples.',
    )
  }
  const [start, end] = [dataset.offsets[index]!, dataset.offsets[index + 1]!]
  return { ids: dataset.ids.subarray(start, end), labels: dataset.labels.subarray(start, end) }
}
