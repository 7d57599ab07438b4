import { expect, test } from 'vitest'
import { decodeColumn } from './columns.ts'

const values = [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, 1 / 3, Number.MIN_VALUE]

test('columns arrive with every digit, with and without the browser’s own decoder', () => {
  const text = Buffer.from(Float64Array.from(values).buffer).toString('base64')
  expect([...decodeColumn(text)]).toEqual(values)
  const own = Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64')
  Reflect.deleteProperty(Uint8Array, 'fromBase64')
  try {
    expect([...decodeColumn(text)]).toEqual(values)
  } finally {
    if (own !== undefined) Object.defineProperty(Uint8Array, 'fromBase64', own)
  }
  expect(decodeColumn('')).toHaveLength(0)
})
