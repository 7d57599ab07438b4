import { expect, test } from 'vitest'
import type { ComparisonTable } from '../../../../electron/contract/compare-table.ts'
import { groupsBy } from './groups.ts'

const run = (id: string) => ({
  id,
  name: id,
  method: 'lora',
  methodTitle: 'LoRA',
  model: '',
  dataset: '',
  datasetVersionId: '',
  status: 'completed',
  createdAt: 0,
})
const cell = (value: number | null) => ({ used: value !== null, value })
const table: ComparisonTable = {
  runs: ['a', 'b', 'c'].map(run),
  missing: [],
  settings: [
    {
      key: 'methodConfig.r',
      group: 'method',
      label: 'Rank',
      help: '',
      cells: [cell(4), cell(8), cell(4)],
      differs: true,
      minor: false,
    },
    {
      key: 'other',
      group: 'method',
      label: 'Other',
      help: '',
      cells: [cell(1), cell(null), cell(null)],
      differs: true,
      minor: true,
    },
  ],
  figures: [],
  fairness: [],
  seedGroups: [
    { name: 'lora', runIds: ['a', 'c'], seeds: [1, 2] },
    { name: 'lora', runIds: ['b'], seeds: [1] },
  ],
  seedNoise: [],
}

test('runs are grouped by the value of a setting, and by everything but the seed', () => {
  expect(groupsBy(table, null)).toBeUndefined()
  expect(groupsBy(table, 'gone')).toBeUndefined()
  expect(groupsBy(table, 'methodConfig.r')).toEqual([
    { name: 'Rank 4 (2 runs)', runIds: ['a', 'c'] },
    { name: 'Rank 8 (1 run)', runIds: ['b'] },
  ])
  expect(groupsBy(table, 'other')?.map(({ name }) => name)).toEqual([
    'Other 1 (1 run)',
    'Other not used (2 runs)',
  ])
})

test('groups over seeds are named by what tells them apart', () => {
  const named = { ...table, runs: table.runs.map((one) => ({ ...one, name: 'lora' })) }
  expect(groupsBy(named, 'seed')?.map(({ name }) => name)).toEqual([
    'lora, rank 4, other 1 (2 runs)',
    'lora, rank 8, other not used (1 run)',
  ])
})
