/** Batches: every token once, no segment mixing, labels one place earlier, pure in (dataset, seed, step). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../batch.ts'
import { batchFromHuggingFace } from '../hugging-face-batch.ts'
import { allBatches, batchAt } from './batch-at.ts'
import { makeBatches } from './batch-plan.ts'
import type { Example } from './packing.ts'
import { tokenizedDataset } from './tokenized-dataset.ts'

function example(ids: number[], labels = ids): Example {
  return { ids: Int32Array.from(ids), labels: Int32Array.from(labels) }
}

const anyExample = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.boolean()), { minLength: 2, maxLength: 30 })
  .map((tokens) => {
    const labels = tokens.map(([id, learned], i) => (learned || i === tokens.length - 1 ? id : -100))
    return example(
      tokens.map(([id]) => id),
      labels,
    )
  })
const anyCase = fc.record({
  examples: fc.array(anyExample, { minLength: 1, maxLength: 20 }),
  rows: fc.integer({ min: 1, max: 4 }),
  virtualTokens: fc.integer({ min: 0, max: 3 }),
  packing: fc.boolean(),
  shuffle: fc.boolean(),
  seed: fc.integer(),
})

/** The examples a batch holds, read back from its segments, and (position → id) of its labels. */
function readBack(batch: Batch): { ids: number[]; learned: string[] }[] {
  const found = new Map<string, { ids: number[]; learned: string[] }>()
  for (let i = 0; i < batch.inputIds.length; i++) {
    const segment = batch.segments[i]!
    if (segment === 0) continue
    const key = `${Math.floor(i / batch.length)}/${segment}`
    const entry = found.get(key) ?? { ids: [], learned: [] }
    const place = batch.positions[i]!
    expect(place).toBe(entry.ids.length)
    entry.ids.push(batch.virtual[i] ? -batch.virtual[i]! : batch.inputIds[i]!)
    found.set(key, entry)
  }
  for (let s = 0; s < batch.labelSlots; s++) {
    if (batch.labelWeights[s] === 0) continue
    const at = batch.labelPositions[s]!
    const entry = found.get(`${Math.floor(at / batch.length)}/${batch.segments[at]}`)!
    entry.learned.push(`${batch.positions[at]}:${batch.labelIds[s]}`)
  }
  return [...found.values()]
}

function expected(
  examples: readonly Example[],
  virtualTokens: number,
): { ids: number[]; learned: string[] }[] {
  const prompt = Array.from({ length: virtualTokens }, (_, i) => -(i + 1))
  return examples.map(({ ids, labels }) => ({
    ids: [...prompt, ...ids],
    learned: [...labels].flatMap((label, t) =>
      label === -100 || virtualTokens + t === 0 ? [] : [`${virtualTokens + t - 1}:${label}`],
    ),
  }))
}

const sorted = (entries: unknown[]) => entries.map((entry) => JSON.stringify(entry)).sort()

test('an epoch holds every example once, whole and with its labels', () => {
  fc.assert(
    fc.property(anyCase, ({ examples, ...options }) => {
      const plan = makeBatches(tokenizedDataset(examples, 'x'), { ...options, length: 34 })
      for (const epoch of [0, 2]) {
        const batches = Array.from({ length: plan.batchesPerEpoch }, (_, i) =>
          batchAt(plan, epoch * plan.batchesPerEpoch + i),
        )
        expect(sorted(batches.flatMap(readBack))).toEqual(sorted(expected(examples, options.virtualTokens)))
      }
      expect(sorted([...allBatches(plan)].flatMap(readBack))).toEqual(
        sorted(expected(examples, options.virtualTokens)),
      )
      expect(plan).toMatchObject({ truncated: 0, dropped: 0 })
    }),
  )
})

test('counts and shapes', () => {
  fc.assert(
    fc.property(anyCase, ({ examples, ...options }) => {
      const plan = makeBatches(tokenizedDataset(examples, 'x'), { ...options, length: 34 })
      expect(plan.labelSlots % 8).toBe(0)
      let labels = 0
      for (const batch of allBatches(plan)) {
        expect(batch.labelSlots).toBe(plan.labelSlots)
        expect(batch.labelWeights.reduce((sum, w) => sum + w, 0)).toBe(batch.labelCount)
        expect(batch.segments.filter((s, i) => s > 0 && batch.virtual[i] === 0).length).toBe(batch.tokenCount)
        if (!options.packing) expect(Math.max(...batch.segments)).toBe(1)
        labels += batch.labelCount
      }
      expect(labels).toBe(plan.labelsPerEpoch)
    }),
  )
})

test('a batch depends on dataset, seed and step alone', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(50), ({ examples, ...options }, step) => {
      const make = () => makeBatches(tokenizedDataset(examples, 'x'), { ...options, length: 34 })
      const walked = make()
      for (let i = 0; i < step; i++) batchAt(walked, i)
      expect(batchAt(walked, step)).toEqual(batchAt(make(), step))
    }),
    { numRuns: 30 },
  )
})

test('epochs and seeds differ in order', () => {
  const dataset = tokenizedDataset(
    Array.from({ length: 40 }, (_, i) => example([i + 1, i + 2])),
    'x',
  )
  const order = (seed: number, epoch: number) => {
    const plan = makeBatches(dataset, { rows: 40, length: 2, packing: false, seed })
    return batchAt(plan, epoch).inputIds.join()
  }
  expect(new Set([order(1, 0), order(1, 1), order(2, 0), order(2 ** 40 + 1, 0)]).size).toBe(4)
})

test('rows longer than the context are cut and counted, and left out when no label is left', () => {
  const dataset = tokenizedDataset(
    [example([1, 2, 3, 4, 5, 6]), example([1, 2, 3, 4, 5], [-100, -100, -100, -100, 5]), example([7, 8])],
    'x',
  )
  const plan = makeBatches(dataset, { rows: 1, length: 4, packing: false, seed: 0, shuffle: false })
  expect(plan).toMatchObject({ truncated: 2, dropped: 1, batchesPerEpoch: 2, tokensPerEpoch: 6 })
  expect([...batchAt(plan, 0).inputIds]).toEqual([1, 2, 3, 4])
})

test('what the first token needs', () => {
  const one = tokenizedDataset([example([5])], 'x')
  const options = { rows: 1, packing: true, seed: 0 }
  expect(() => makeBatches(one, { ...options, length: 4 })).toThrow(/masked/)
  const batch = batchAt(makeBatches(one, { ...options, length: 4, virtualTokens: 2 }), 0)
  expect([...batch.labelPositions.slice(0, 1), ...batch.labelIds.slice(0, 1)]).toEqual([1, 5])
})

describe('bad input', () => {
  const good = tokenizedDataset([example([1, 2, 3])], 'x')
  const options = { rows: 1, length: 8, packing: true, seed: 0 }
  test.each([
    ['empty dataset', () => makeBatches(tokenizedDataset([], 'x'), options), /empty/],
    [
      'all masked',
      () => makeBatches(tokenizedDataset([example([1, 2], [-100, -100])], 'x'), options),
      /masked/,
    ],
    ['no rows', () => makeBatches(good, { ...options, rows: 0 }), /rows/],
    ['no room', () => makeBatches(good, { ...options, virtualTokens: 8 }), /no room/],
    ['half a seed', () => makeBatches(good, { ...options, seed: 0.5 }), /seed/],
    ['step before the first', () => batchAt(makeBatches(good, options), -1), /no step/],
    [
      'ragged ids',
      () => batchFromHuggingFace({ input_ids: [[1], [1, 2]] }, { virtualTokens: 0, allLogits: true }),
      /differ in length/,
    ],
    [
      'labels cut away',
      () =>
        makeBatches(tokenizedDataset([example([1, 2, 3], [-100, -100, 3])], 'x'), { ...options, length: 2 }),
      /behind the cut/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})

describe('Hugging Face batches', () => {
  const given = {
    input_ids: [
      [5, 6, 7],
      [0, 8, 9],
    ],
    attention_mask: [
      [1, 1, 1],
      [0, 1, 1],
    ],
    labels: [
      [5, -100, 7],
      [-100, 8, 9],
    ],
  }
  test('labels only', () => {
    const batch = batchFromHuggingFace(given, { virtualTokens: 0, allLogits: false })
    expect([...batch.labelPositions]).toEqual([1, 3, 4])
    expect([...batch.labelIds]).toEqual([7, 8, 9])
    expect([...batch.keySegments!]).toEqual([1, 1, 1, 0, 1, 1])
    expect([...batch.positions]).toEqual([0, 1, 2, 0, 1, 2])
    expect(batch).toMatchObject({ labelCount: 3, tokenCount: 5 })
  })
  test('all logits behind virtual tokens', () => {
    const batch = batchFromHuggingFace(given, { virtualTokens: 1, allLogits: true })
    expect(batch).toMatchObject({ length: 4, labelSlots: 8, labelCount: 4 })
    expect([...batch.labelPositions]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([...batch.labelWeights]).toEqual([1, 0, 1, 0, 0, 1, 1, 0])
    expect([...batch.labelIds]).toEqual([5, 0, 7, 0, 0, 8, 9, 0])
    expect([...batch.virtual]).toEqual([1, 0, 0, 0, 1, 0, 0, 0])
    expect([...batch.keySegments!]).toEqual([1, 1, 1, 1, 1, 0, 1, 1])
  })
})
