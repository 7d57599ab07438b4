/** Packing equal to TRL's, and what must hold for any lengths. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bestFitDecreasing, type Example, type PackingStrategy, packExamples } from './packing.ts'

interface Packed {
  input_ids: number[][]
  labels?: number[][]
  seq_lengths?: number[][]
}
type Synthetic = { lengths: number[]; seq_length: number } & Record<PackingStrategy, Packed>

const path = new URL('../golden-data/sft/packing_synthetic.json', import.meta.url)
const { cases }: { cases: Synthetic[] } = JSON.parse(readFileSync(path, 'utf8'))

/** Row i holds the next lengths[i] integers; labels are -100 where the id is a multiple of 3. */
function examplesOf(lengths: readonly number[]): Example[] {
  let next = 0
  return lengths.map((length) => {
    const ids = Int32Array.from({ length }, () => next++)
    return { ids, labels: ids.map((id) => (id % 3 === 0 ? -100 : id)) }
  })
}

describe.each(cases)('$lengths.length rows into $seq_length', (golden) => {
  test.each(['bfd', 'bfd_split', 'wrapped'] as const)('%s', (strategy) => {
    const rows = packExamples(examplesOf(golden.lengths), strategy, golden.seq_length)
    const want = golden[strategy]
    expect(rows.map((row) => [...row.ids])).toEqual(want.input_ids)
    if (want.labels) expect(rows.map((row) => [...row.labels])).toEqual(want.labels)
    if (want.seq_lengths) expect(rows.map((row) => row.lengths)).toEqual(want.seq_lengths)
    for (const row of rows)
      expect([...row.labels]).toEqual([...row.ids].map((id) => (id % 3 === 0 ? -100 : id)))
  })
})

test('every item is in one bin, and no bin overflows', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 })), (lengths) => {
      const bins = bestFitDecreasing(lengths, 40)
      const items = lengths.flatMap((length, i) => (length > 0 ? [i] : []))
      expect(bins.flat().sort((a, b) => a - b)).toEqual(items)
      for (const bin of bins) expect(bin.reduce((sum, i) => sum + lengths[i]!, 0)).toBeLessThanOrEqual(40)
    }),
  )
})

test('splitting and wrapping keep every token once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 })),
      fc.integer({ min: 1, max: 25 }),
      fc.constantFrom('bfd_split' as const, 'wrapped' as const),
      (lengths, length, strategy) => {
        const rows = packExamples(examplesOf(lengths), strategy, length, 7)
        const total = lengths.reduce((sum, n) => sum + n, 0)
        expect(rows.flatMap((row) => [...row.ids]).sort((a, b) => a - b)).toEqual(
          Array.from({ length: total }, (_, i) => i),
        )
      },
    ),
  )
})

test('an item longer than a row is refused', () => {
  expect(() => bestFitDecreasing([5], 4)).toThrow(/does not fit/)
  expect(() => bestFitDecreasing([5], 0)).toThrow(/cannot hold tokens/)
})
