/** Worked examples put before others, so that a model sees what is wanted before it is asked. */
import { createRandom, permutation } from '../random.ts'
import type { Example } from './packing.ts'
import { exampleAt, ignored, type TokenizedDataset, tokenizedDataset } from './tokenized-dataset.ts'

export interface Demonstrations {
  /** How many stand before each example, where there is room. */
  readonly count: number
  /** Decides which ones. */
  readonly seed: number
}

/** Examples drawn without replacement, in the order in which they are shown; fewer where the dataset has fewer. */
export function drawDemonstrations(dataset: TokenizedDataset, { count, seed }: Demonstrations): Example[] {
  const order = permutation(dataset.count, createRandom(seed))
  return [...order.subarray(0, Math.min(count, dataset.count))].map((i) => exampleAt(dataset, i))
}

/**
 * The dataset with the demonstrations before every example; only the example itself is scored, by the labels that it has
 * without them. Where they do not all fit, the first ones are left out.
 * @param length places of a row
 * @param beginToken stands once, at the very front, where examples begin with it
 * @returns `shortened` counts the examples that have room for fewer
 */
export function withDemonstrations(
  dataset: TokenizedDataset,
  demonstrations: readonly Example[],
  length: number,
  beginToken: number | null,
): { dataset: TokenizedDataset; shortened: number } {
  let shortened = 0
  const bare = (ids: Int32Array) => (ids[0] === beginToken ? ids.subarray(1) : ids)
  const examples = Array.from({ length: dataset.count }, (_, i): Example => {
    const example = exampleAt(dataset, i)
    let room = length - example.ids.length
    const before: Int32Array[] = []
    for (const { ids } of demonstrations.toReversed()) {
      const own = bare(ids)
      if (own.length > room) break
      room -= own.length
      before.unshift(own)
    }
    if (before.length < demonstrations.length) shortened += 1
    if (before.length === 0) return example
    const begins = example.ids[0] === beginToken
    const parts = [...(begins ? [example.ids.subarray(0, 1)] : []), ...before, bare(example.ids)]
    const ids = Int32Array.from(parts.flatMap((part) => [...part]))
    const labels = new Int32Array(ids.length).fill(ignored)
    const from = begins ? 1 : 0
    const own = example.labels.subarray(from)
    labels.set(own, ids.length - own.length)
    // Without demonstrations nothing stands before the first token, so that it is never scored.
    if (!begins) labels[ids.length - own.length] = ignored
    return { ids, labels }
  })
  return { dataset: tokenizedDataset(examples, `${dataset.hash}/after ${demonstrations.length}`), shortened }
}
