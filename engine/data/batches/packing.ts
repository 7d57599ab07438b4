/** TRL's three ways to pack examples into rows (golden-data/sft/packing*.json), as plain functions. */
import { StudioError } from '../../errors.ts'

/** The tokens of one example (or row); labels are -100 where nothing is learned. */
export interface Example {
  readonly ids: Int32Array
  readonly labels: Int32Array
}

export interface PackedRow extends Example {
  /** Lengths of the examples in the row; one entry for `wrapped`, which keeps no borders. */
  readonly lengths: readonly number[]
}

export type PackingStrategy = 'bfd' | 'bfd_split' | 'wrapped'

/** `datasets.map` hands TRL blocks of this many rows; packing never crosses a block. */
export const trlBlock = 1000

/**
 * Best fit decreasing: the longest item first, each into the fullest bin it still fits, the oldest of equally full
 * ones. Stable for equal lengths; items of length 0 are left out.
 *
 * @returns bins of item indices, in the order the bins were opened
 */
export function bestFitDecreasing(lengths: ArrayLike<number>, capacity: number): number[][] {
  checkCapacity(capacity)
  const order = Array.from(lengths, (_, i) => i).filter((i) => lengths[i]! > 0)
  order.sort((a, b) => lengths[b]! - lengths[a]!)
  const bins: number[][] = []
  /** free space → bins with that much, oldest first (a queue with a moving head). */
  const byFree: { bins: number[][]; head: number }[] = Array.from({ length: capacity + 1 }, () => ({
    bins: [],
    head: 0,
  }))
  for (const item of order) {
    const length = lengths[item]!
    if (length > capacity) {
      throw new StudioError(
        'bad-argument',
        `An item of length ${length} does not fit into rows of ${capacity}.`,
        'Truncate or split the items first.',
      )
    }
    let free = length
    while (free < capacity && byFree[free]!.head === byFree[free]!.bins.length) free++
    let bin: number[]
    if (free < capacity) {
      const queue = byFree[free]!
      bin = queue.bins[queue.head++]!
    } else {
      bin = []
      bins.push(bin)
    }
    bin.push(item)
    byFree[free - length]!.bins.push(bin)
  }
  return bins
}

/**
 * @param length row length; bfd cuts longer examples off, bfd_split and wrapped cut them into pieces
 * @param block  examples per block
 */
export function packExamples(
  examples: readonly Example[],
  strategy: PackingStrategy,
  length: number,
  block = trlBlock,
): PackedRow[] {
  checkCapacity(length)
  const rows: PackedRow[] = []
  for (let start = 0; start < examples.length; start += block) {
    const part = examples.slice(start, start + block)
    if (strategy === 'wrapped') {
      rows.push(...pieces(joined(part), length).map((row) => ({ ...row, lengths: [row.ids.length] })))
      continue
    }
    const items =
      strategy === 'bfd'
        ? part.map((item) => cut(item, 0, length))
        : part.flatMap((item) => pieces(item, length))
    const bins = bestFitDecreasing(
      items.map((item) => item.ids.length),
      length,
    )
    for (const bin of bins) {
      const members = bin.map((i) => items[i]!)
      rows.push({ ...joined(members), lengths: members.map((item) => item.ids.length) })
    }
  }
  return rows
}

function joined(examples: readonly Example[]): Example {
  const total = examples.reduce((sum, example) => sum + example.ids.length, 0)
  const ids = new Int32Array(total)
  const labels = new Int32Array(total)
  let at = 0
  for (const example of examples) {
    ids.set(example.ids, at)
    labels.set(example.labels, at)
    at += example.ids.length
  }
  return { ids, labels }
}

function cut(example: Example, start: number, end: number): Example {
  return { ids: example.ids.subarray(start, end), labels: example.labels.subarray(start, end) }
}

function pieces(example: Example, length: number): Example[] {
  const count = Math.ceil(example.ids.length / length)
  return Array.from({ length: count }, (_, i) => cut(example, i * length, (i + 1) * length))
}

function checkCapacity(length: number): void {
  if (Number.isInteger(length) && length > 0) return
  throw new StudioError(
    'bad-argument',
    `Rows of length ${length} cannot hold tokens.`,
    'Give a row length of 1 or more.',
  )
}
