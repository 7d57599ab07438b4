/** What an instruction dataset is, and how its two splits are drawn so that no row is in both. */
import { Random } from '../random.ts'

/** One example: the model reads the prompt and learns the completion. */
export interface Row {
  readonly prompt: string
  readonly completion: string
}

/** A generated dataset; `row` draws example number `index` (classes take turns through it). */
export interface Dataset {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly task: 'style transfer' | 'structured extraction' | 'classification'
  readonly seed: number
  readonly train: number
  readonly validation: number
  row(random: Random, index: number): Row
}

export interface Splits {
  readonly train: readonly Row[]
  readonly validation: readonly Row[]
}

const TRIES_PER_ROW = 1000

/** Draws both splits: all prompts differ, within a split and across the two. */
export function buildSplits(dataset: Dataset): Splits {
  const random = new Random(dataset.seed)
  const seen = new Set<string>()
  const rows: Row[] = []
  for (let tries = 0; rows.length < dataset.train + dataset.validation; tries++) {
    if (tries > TRIES_PER_ROW * (dataset.train + dataset.validation)) {
      throw new RangeError(`${dataset.name} cannot make ${dataset.train + dataset.validation} different rows`)
    }
    const row = dataset.row(random.fork(), rows.length)
    if (seen.has(row.prompt)) continue
    seen.add(row.prompt)
    rows.push(row)
  }
  return { train: rows.slice(0, dataset.train), validation: rows.slice(dataset.train) }
}
