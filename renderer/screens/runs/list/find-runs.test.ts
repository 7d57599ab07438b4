import { expect, test } from 'vitest'
import type { Run } from '../../../../electron/contract/run-record.ts'
import { findRuns, newestFirst, noFilter } from './find-runs.ts'

function run(id: string, changes: Partial<Run> = {}): Run {
  return {
    id,
    name: id,
    method: 'lora',
    modelId: 'builtin:studio-tiny',
    datasetVersionId: 'builtin:pirate@1',
    status: 'completed',
    config: {},
    environment: { studio: '', node: '', platform: '', cpu: '', cores: 1, memoryBytes: 1, packages: {} },
    lineage: null,
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    device: null,
    plannedSteps: null,
    trainableParameters: null,
    totalParameters: null,
    baseValidationLoss: null,
    trainLoss: null,
    validationLoss: null,
    usefulTokensPerSecond: null,
    peakMemoryBytes: null,
    seconds: null,
    adapterPath: null,
    adapterBytes: null,
    keptStep: null,
    lastStep: 0,
    best: null,
    queuePosition: null,
    ending: null,
    error: null,
    tags: [],
    notes: '',
    deletedAt: null,
    ...changes,
  }
}

const ids = (runs: readonly Run[]) => runs.map(({ id }) => id)

test('every word has to occur somewhere', () => {
  const runs = [
    run('a', { tags: ['Thesis'] }),
    run('b', { notes: 'for the thesis', method: 'ia3' }),
    run('c'),
  ]
  expect(ids(findRuns(runs, { ...noFilter, search: 'thesis' }, newestFirst))).toEqual(['a', 'b'])
  expect(ids(findRuns(runs, { ...noFilter, search: 'THESIS ia3' }, newestFirst))).toEqual(['b'])
  expect(ids(findRuns(runs, { ...noFilter, tag: 'Thesis', status: 'completed' }, newestFirst))).toEqual(['a'])
  expect(findRuns(runs, { ...noFilter, status: 'failed' }, newestFirst)).toEqual([])
})

test('what is not known stands last both ways', () => {
  const runs = [
    run('none'),
    run('high', { validationLoss: 3 }),
    run('nan', { validationLoss: Number.NaN }),
    run('low', { validationLoss: 1 }),
  ]
  const sorted = (descending: boolean) =>
    ids(findRuns(runs, noFilter, { column: 'validationLoss', descending }))
  expect(sorted(false)).toEqual(['low', 'high', 'none', 'nan'])
  expect(sorted(true)).toEqual(['high', 'low', 'none', 'nan'])
})

test('names sort as people count', () => {
  const runs = ['run 10', 'Run 2', 'run 1'].map((name) => run(name, { name }))
  expect(ids(findRuns(runs, noFilter, { column: 'name', descending: false }))).toEqual([
    'run 1',
    'Run 2',
    'run 10',
  ])
})
