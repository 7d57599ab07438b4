import { expect, test } from 'vitest'
import type { ComparisonTable, Setting } from '../../../../electron/contract/compare-table.ts'
import { runLabels } from './run-labels.ts'

function table(
  names: readonly string[],
  settings: readonly Partial<Setting>[],
  datasets?: readonly string[],
): ComparisonTable {
  const run = (name: string, i: number) => ({
    id: `20260823-141503-run${i}`,
    name,
    method: 'lora',
    methodTitle: 'LoRA',
    model: '',
    dataset: datasets?.[i] ?? 'Pirate',
    datasetVersionId: '',
    status: 'completed',
    createdAt: 0,
  })
  const full = (setting: Partial<Setting>): Setting => ({
    key: '',
    group: 'optimiser',
    label: 'Seed',
    help: '',
    cells: [],
    differs: true,
    minor: false,
    ...setting,
  })
  return {
    runs: names.map(run),
    missing: [],
    settings: settings.map(full),
    figures: [],
    fairness: [],
    seedGroups: [],
    seedNoise: [],
  }
}
const cells = (...values: number[]) => values.map((value) => ({ used: true, value }))
const labels = (...input: Parameters<typeof table>) => [...runLabels(table(...input)).values()]

test('what all runs share is left out, and runs of one name are told apart by what differs', () => {
  expect(labels(['lora on Pirate', 'lora on Pirate', 'ia3 on Pirate'], [{ cells: cells(1, 2, 1) }])).toEqual([
    'lora, seed 1',
    'lora, seed 2',
    'ia3',
  ])
  expect(labels(['lora on A', 'lora on B'], [], ['A', 'B'])).toEqual(['lora on A', 'lora on B'])
})

test('runs that nothing tells apart get the end of their id', () => {
  expect(labels(['x', 'x'], [{ cells: cells(1, 1) }])).toEqual(['x run0', 'x run1'])
  const three = labels(['x', 'x', 'x'], [{ cells: cells(1, 2, 2) }])
  expect(three).toEqual(['x, seed 1', 'x, seed 2 run1', 'x, seed 2 run2'])
})

test('machines and long texts are no names', () => {
  const settings: Partial<Setting>[] = [
    { group: 'environment', label: 'Cores', cells: cells(1, 2) },
    { label: 'Rows', cells: ['a'.repeat(99), 'b'].map((value) => ({ used: true, value })) },
  ]
  expect(labels(['x', 'x'], settings)).toEqual(['x run0', 'x run1'])
})
