/** Sorting the side-by-side table. */
import { expect, test } from 'vitest'
import type { EstimateView, MethodView } from '../../../electron/contract/methods.ts'
import { type CompareLine, compareColumns, sortLines } from './compare-lines.ts'

const method = (title: string, merges: boolean): MethodView => ({
  name: title,
  title,
  taxonomy: 'selective',
  paper: { title: '', url: '' },
  explain: '',
  chooseWhen: '',
  avoidWhen: '',
  defaults: { learningRate: 1, weightDecay: 0, warmupRatio: 0 },
  abilities: [{ key: 'merge', label: 'Merges', has: merges, because: '' }],
  attaches: [],
  trains: true,
  file: '',
  evidence: [],
  fields: [],
})

const estimate = (trainableParameters: number): EstimateView => ({
  trainableParameters,
  totalParameters: 100,
  share: trainableParameters / 100,
  adapterBytes: 4 * trainableParameters,
  parts: [],
  totalBytes: 1,
  machine: { bytes: 2, limited: false, place: 'this machine' },
  fits: true,
  labels: { slots: 1, assumed: false },
  weightChoices: [],
})

const line = (title: string, merges: boolean, trained: number | undefined): CompareLine => ({
  method: method(title, merges),
  estimate: trained === undefined ? undefined : estimate(trained),
  refused: undefined,
  measured: undefined,
  learningRate: 1,
})

const lines = [line('b', false, 20), line('a', true, undefined), line('c', true, 3)]
const order = (key: string, descending: boolean) =>
  sortLines(lines, key, descending).map((l) => l.method.title)

test('by each column, both ways; what is not known stays at the end', () => {
  expect(order('method', false)).toEqual(['a', 'b', 'c'])
  for (const key of ['trained', 'share', 'file']) {
    expect(order(key, false), key).toEqual(['c', 'b', 'a'])
    expect(order(key, true), key).toEqual(['b', 'c', 'a'])
  }
  expect(order('merge', false)).toEqual(['a', 'c', 'b'])
  for (const { key } of compareColumns) expect(order(key, true), key).toHaveLength(3)
})
