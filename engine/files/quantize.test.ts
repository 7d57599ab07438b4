/** The quantiser against the definition of the operator that reads what it wrote, and against the error that rounding must have. */
import { describe, expect, test } from 'vitest'
import { constant } from '../graph/value.ts'
import { dequantize } from '../ops/quantized.ts'
import { cpu } from '../testing/cpu.ts'
import { blockSize, createQuantizer, dequantized, type Quantization, quantizedLayout } from './quantize.ts'

const [rows, columns] = [6, 192]
const values = Float32Array.from({ length: rows * columns }, (_, i) => 0.05 * Math.sin(i * 1.7) ** 3 + 0.01)

function quantized(how: Quantization, from = values): Uint8Array<ArrayBuffer> {
  const quantizer = createQuantizer(rows, columns, how)
  // In two pieces, as a large weight is read.
  expect(quantizer.push(from.subarray(0, 2 * columns))).toBe(true)
  expect(quantizer.push(from.subarray(2 * columns))).toBe(true)
  return quantizer.bytes
}

/** What ONNX Runtime makes of the bytes. */
async function asTheRuntimeReads(
  bytes: Uint8Array<ArrayBuffer>,
  { bits, block }: Quantization,
): Promise<Float32Array> {
  const { factors, integers, zeroPoints } = quantizedLayout(rows, columns, { bits, block })
  const part = ({ offset, bytes: length }: { offset: number; bytes: number }) =>
    bytes.slice(offset, offset + length)
  const shape = [rows, columns]
  const blocks = [rows, columns / block]
  const dtype = bits === 8 ? 'uint8' : 'uint4'
  const y = dequantize({
    integers: constant({ dtype, shape, data: part(integers) }),
    factors: constant({ dtype: 'float32', shape: blocks, data: new Float32Array(part(factors).buffer) }),
    zeroPoints: constant({ dtype, shape: blocks, data: part(zeroPoints) }),
  })
  const program = await cpu.compile({ outputs: { y }, updates: [] })
  const result = await program.run({}, cpu.createState())
  await program.dispose()
  return result.y!.data as Float32Array
}

describe.each([4, 8] as const)('%i bits', (bits) => {
  test.each([16, 32, 64])('blocks of %i: bytes mean to us what they mean to the runtime', async (block) => {
    const bytes = quantized({ bits, block })
    const ours = dequantized(bytes, rows, columns, { bits, block })
    expect([...ours]).toEqual([...(await asTheRuntimeReads(bytes, { bits, block }))])
  })

  test('no number is missed by more than the range of its block allows', () => {
    const block = 64
    const ours = dequantized(quantized({ bits, block }), rows, columns, { bits, block })
    for (let from = 0; from < values.length; from += block) {
      const own = [...values.subarray(from, from + block)]
      // Half a step and what the rounded zero point shifts; 4 bits may also cut off up to 24 % of the range.
      const range = Math.max(0, ...own) - Math.min(0, ...own)
      const bound = bits === 8 ? range / 255 : 0.24 * range
      own.forEach((w, i) => {
        expect(Math.abs(ours[from + i]! - w)).toBeLessThanOrEqual(bound * 1.001)
      })
    }
  })

  test('zeros, equal numbers and tiny ones stay what they are', () => {
    const how = { bits, block: 32 }
    for (const fill of [0, 0.5, -0.25, 1e-30]) {
      const ours = dequantized(
        quantized(how, new Float32Array(rows * columns).fill(fill)),
        rows,
        columns,
        how,
      )
      for (const w of ours) expect(Math.abs(w - fill)).toBeLessThanOrEqual(Math.abs(fill) * 1e-6)
    }
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is noticed', (bad) => {
    const broken = Float32Array.from(values)
    broken[columns + 5] = bad
    expect(createQuantizer(rows, columns, { bits, block: 64 }).push(broken)).toBe(false)
  })
})

test('4 bits lose less than the normal-float code of QLoRA in blocks of the same size', () => {
  // Quantiles of the normal distribution, as bitsandbytes has them (arXiv 2305.14314, appendix E).
  const code = [
    -1, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.09105004, 0, 0.0795803, 0.1609302,
    0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1,
  ]
  let seed = 7
  const uniform = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return (seed + 0.5) / 2 ** 32
  }
  const normal = Float32Array.from(
    { length: rows * columns },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  )
  const how = { bits: 4, block: 64 } as const
  const ours = dequantized(quantized(how, normal), rows, columns, how)
  const [sum, other] = [0, 0].map((_, which) =>
    normal.reduce((total, w, i) => {
      const from = i - (i % how.block)
      const largest = Math.max(...normal.subarray(from, from + how.block).map(Math.abs))
      const missed = which === 0 ? ours[i]! - w : Math.min(...code.map((c) => Math.abs(c * largest - w)))
      return total + missed ** 2
    }, 0),
  )
  expect(sum).toBeLessThan(other!)
})

test('blocks: the largest that fills rows in pairs, else the largest that fills them', () => {
  const widths = [896, 4864, 576, 192, 64, 32, 48, 16, 100]
  const of = (bits: 4 | 8) => widths.map((columns) => blockSize(columns, bits))
  expect(of(8)).toEqual([64, 64, 32, 32, 32, 16, 16, 16, undefined])
  expect(of(4)).toEqual([32, 32, 32, 32, 32, 16, 16, 16, undefined])
})
