import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.ts'

const ALL = Uint16Array.from({ length: 65536 }, (_, i) => i)

/** The value of a bit pattern by the definition of IEEE 754, in ordinary arithmetic. */
function numberOf(bits: number, exponentBits: number): number {
  const mantissaBits = 15 - exponentBits
  const bias = 2 ** (exponentBits - 1) - 1
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits & 0x7fff) >> mantissaBits
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

const FORMATS = [
  { name: 'float16', exponentBits: 5, infinity: 0x7c00, widen: float16ToFloat32, narrow: float32ToFloat16 },
  {
    name: 'bfloat16',
    exponentBits: 8,
    infinity: 0x7f80,
    widen: bfloat16ToFloat32,
    narrow: float32ToBfloat16,
  },
] as const

const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!
const fromBits = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!

describe.each(FORMATS)('$name', ({ exponentBits, infinity, widen, narrow }) => {
  it('widens all 65536 patterns to the value that IEEE 754 gives them, sign of zero included', () => {
    const values = widen(ALL)
    const wrong = [...ALL].filter((bits) => !Object.is(values[bits], numberOf(bits, exponentBits)))
    expect(wrong).toEqual([])
  })

  it('narrows every widened value back to its pattern; NaN stays NaN', () => {
    const back = narrow(widen(ALL))
    const isNaN16 = (bits: number) => (bits & 0x7fff) > infinity
    expect([...ALL].filter((bits) => (isNaN16(bits) ? !isNaN16(back[bits]!) : back[bits] !== bits))).toEqual(
      [],
    )
  })

  it('rounds at and beside every midpoint between neighbours to nearest, ties to even', () => {
    const wrong: number[] = []
    for (let low = 0; low < infinity; low++) {
      // The neighbour of the largest number is the power of two that it would be with a wider exponent.
      const above = low + 1 < infinity ? numberOf(low + 1, exponentBits) : 2 ** (2 ** (exponentBits - 1))
      const middle = Math.fround((numberOf(low, exponentBits) + above) / 2)
      const bits = bitsOf(middle)
      const even = low % 2 === 0 ? low : low + 1
      const inputs = Float32Array.of(fromBits(bits - 1), middle, fromBits(bits + 1), -middle)
      const expected = [low, even, low + 1, even | 0x8000]
      if (narrow(inputs).some((half, i) => half !== expected[i])) wrong.push(low)
    }
    expect(wrong).toEqual([])
  })

  it('gives any float32 a neighbour that no other pattern beats', () => {
    const finite = [...ALL.subarray(0, infinity)].map((bits) => numberOf(bits, exponentBits))
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: infinity - 2 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (i, t) => {
          const value = Math.fround(finite[i]! + t * (finite[i + 1]! - finite[i]!))
          const rounded = numberOf(narrow(Float32Array.of(value))[0]!, exponentBits)
          const best = Math.min(Math.abs(value - finite[i]!), Math.abs(value - finite[i + 1]!))
          expect(Math.abs(value - rounded)).toBe(best)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('keeps infinities, overflows to them, underflows to zero and works inside a larger buffer', () => {
    const source = Float32Array.of(9, Infinity, -Infinity, 3.4e38, -1e-45, 9).subarray(1, 5)
    expect([...narrow(source)]).toEqual([infinity, infinity | 0x8000, infinity, 0x8000])
    const target = new Float32Array(4)
    widen(Uint16Array.of(infinity, 0), target.subarray(1, 3))
    expect([...target]).toEqual([0, Infinity, 0, 0])
  })
})
