import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatRate,
  formatShare,
  formatTime,
} from './format.ts'

test.each([
  [0, '0'],
  [512, '512'],
  [999.6, '1 k'],
  [9_216_000, '9.22 M'],
  [9_200_000, '9.2 M'],
  [124_439_808, '124 M'],
])('count %d is %s', (value, text) => expect(formatCount(value)).toBe(text))

test.each([
  [0, '0 B'],
  [1_210_000_000, '1.21 GB'],
  [365e6, '365 MB'],
])('%d bytes are %s', (value, text) => expect(formatBytes(value)).toBe(text))

test.each([
  [0.04, '0 s'],
  [0.84, '0.8 s'],
  [9.97, '10 s'],
  [48.4, '48 s'],
  [59.7, '1 min'],
  [192, '3 min 12 s'],
  [3_599.8, '1 h'],
  [7_500, '2 h 5 min'],
  [86_390, '1 d'],
  [273_600, '3 d 4 h'],
  [Number.NaN, '–'],
])('%d seconds are %s', (value, text) => expect(formatDuration(value)).toBe(text))

test.each([
  [2.345678, '2.3457'],
  [0, '0.0000'],
  [0.00012345, '1.23e-4'],
  [123_456, '1.23e+5'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-∞'],
])('loss %d is %s', (value, text) => expect(formatLoss(value)).toBe(text))

test.each([
  [2.7e-4, '2.7e-4'],
  [0.01, '0.01'],
  [0.000123456, '1.23e-4'],
  [0, '0'],
])('rate %d is %s', (value, text) => expect(formatRate(value)).toBe(text))

test('shares and times', () => {
  expect(formatShare(0.00094)).toBe('0.094 %')
  expect(formatTime(new Date(2026, 7, 3, 4, 5).getTime())).toBe('2026-08-03 04:05')
})
