import { expect, test } from 'vitest'
import { pathData } from './figure-svg.ts'
import { axisOf, layoutOf, passing, runTrace } from './parallel.ts'

const rank = axisOf({ key: 'r', label: 'Rank', format: 'count', values: [4, 16, null] })
const rate = axisOf({ key: 'lr', label: 'Rate', format: 'rate', values: [1e-4, 1e-2, 1e-3] })
const method = axisOf({ key: 'm', label: 'Method', format: null, values: ['LoRA', 'IA³', 'LoRA'] })

test('numbers, wide numbers and names each get their axis', () => {
  expect(rank).toMatchObject({ kind: 'linear', from: 4, to: 16, categories: null })
  expect(rate).toMatchObject({ kind: 'log', from: 1e-4, to: 1e-2 })
  expect(method).toMatchObject({ categories: ['IA³', 'LoRA'], values: [1, 0, 1] })
  expect(method.text(1)).toBe('LoRA')
})

test('a range keeps the runs within it; one without a value is out', () => {
  const axes = [rank, rate, method]
  expect(passing(axes, new Map(), 3)).toEqual(new Set([0, 1, 2]))
  expect(passing(axes, new Map([['r', { from: 0, to: 20 }]]), 3)).toEqual(new Set([0, 1]))
  const both = new Map([
    ['lr', { from: 5e-4, to: 1 }],
    ['m', { from: 0.6, to: 1 }],
  ])
  expect(passing(axes, both, 3)).toEqual(new Set([2]))
})

test('a line is broken where its run has no value', () => {
  const layout = layoutOf([rate, rank, method], 400, 200)
  expect(pathData(runTrace([rate, rank, method], layout, 0)).replace(/[^ML]/g, '')).toBe('MLL')
  expect(pathData(runTrace([rate, rank, method], layout, 2)).replace(/[^ML]/g, '')).toBe('MM')
})
