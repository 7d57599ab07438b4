import { expect, test } from 'vitest'
import { figureText, tickLabels } from './figure-text.ts'

test('figures are written by their format', () => {
  expect(figureText(2.69154, 'loss')).toBe('2.6915')
  expect(figureText(9_200_000, 'count')).toBe('9.2 M')
  expect(figureText(192, 'seconds')).toBe('3 min 12 s')
  expect(figureText(4_710, 'perSecond')).toBe('4.71 k/s')
  expect(figureText(null, 'bytes')).toBe('–')
  expect(figureText(Number.NaN, 'bytes')).toBe('NaN')
})

test('tick labels tell neighbours apart', () => {
  expect(tickLabels([2.69, 2.7, 2.71], 'loss')).toEqual(['2.69', '2.70', '2.71'])
  expect(tickLabels([0, 20_000, 40_000], 'count')).toEqual(['0', '20 k', '40 k'])
  expect(tickLabels([1e-5, 1e-4, 1e-3], 'rate')).toEqual(['1e-5', '1e-4', '0.001'])
  expect(tickLabels([0, 30, 60, 3_600], 'seconds')).toEqual(['0', '0:30', '1:00', '1:00:00'])
  expect(tickLabels([0, 0.05, 0.1], 'rate')).toEqual(['0', '0.05', '0.10'])
})
