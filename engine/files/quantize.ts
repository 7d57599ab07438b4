/** Block-wise quantisation of weights (the storage of QLoRA, with whole-number zero points): what lies where, and the rounding. */

/** How a matrix is stored: `bits` per number, and blocks of so many neighbours that share a factor. */
export interface Quantization {
  readonly bits: 4 | 8
  readonly block: number
}

/** Bytes of one part of a quantised matrix, from the start of its data. */
interface Part {
  readonly offset: number
  readonly bytes: number
}

/** A quantised matrix as one run of bytes: factors (float32), integers row by row, a zero point per block. */
export interface QuantizedLayout {
  readonly factors: Part
  readonly integers: Part
  readonly zeroPoints: Part
  readonly bytes: number
}

/** Everything begins at a multiple of this, so that float32 can be mapped wherever the matrix comes to lie. */
const ALIGNMENT = 64

const aligned = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT

/**
 * Block sizes in order of preference. Of large blocks there are fewer factors; with 4 bits the smaller ones miss less, and the
 * product on graphics cards (`MatMulNBits` of ONNX Runtime's WebGPU provider) computes rows together for blocks of 32 alone.
 */
const BLOCKS = { 4: [32, 16], 8: [64, 32, 16] } as const

/** The block size for rows of so many numbers; an even number of blocks is best; undefined where none divides a row. */
export function blockSize(columns: number, bits: Quantization['bits']): number | undefined {
  const blocks: readonly number[] = BLOCKS[bits]
  return blocks.find((block) => columns % (2 * block) === 0) ?? blocks.find((block) => columns % block === 0)
}

/** @param columns a multiple of the block size */
export function quantizedLayout(
  rows: number,
  columns: number,
  { bits, block }: Quantization,
): QuantizedLayout {
  const blocks = (rows * columns) / block
  const factors = { offset: 0, bytes: 4 * blocks }
  const integers = { offset: aligned(factors.bytes), bytes: (rows * columns * bits) / 8 }
  const zeroPoints = {
    offset: aligned(integers.offset + integers.bytes),
    bytes: Math.ceil((blocks * bits) / 8),
  }
  return { factors, integers, zeroPoints, bytes: aligned(zeroPoints.offset + zeroPoints.bytes) }
}

/** Writes quantised numbers into the bytes that `quantizedLayout` describes, some rows at a time. */
export interface Quantizer {
  /** The next numbers, whole rows. @returns false where one of them is not finite */
  push(values: Float32Array): boolean
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function createQuantizer(rows: number, columns: number, how: Quantization): Quantizer {
  const { factors, integers, zeroPoints, bytes: length } = quantizedLayout(rows, columns, how)
  const bytes = new Uint8Array(length)
  const factor = new Float32Array(bytes.buffer, factors.offset, factors.bytes / 4)
  const whole = bytes.subarray(integers.offset, integers.offset + integers.bytes)
  const zero = bytes.subarray(zeroPoints.offset, zeroPoints.offset + zeroPoints.bytes)
  const { bits, block } = how
  const ranges = bits === 4 ? RANGES : [1]
  let at = 0
  return {
    bytes,
    push(values) {
      for (let from = 0; from < values.length; from += block, at++) {
        const { scale, zeroPoint } = bestRounding(values, from, block, 2 ** bits - 1, ranges)
        if (!Number.isFinite(scale)) return false
        factor[at] = scale
        const inverse = scale === 0 ? 0 : 1 / scale
        if (bits === 8) {
          for (let i = 0; i < block; i++)
            whole[at * block + i] = nearest(values[from + i]! * inverse + zeroPoint, 255)
          zero[at] = zeroPoint
          continue
        }
        for (let i = 0; i < block; i += 2) {
          const first = nearest(values[from + i]! * inverse + zeroPoint, 15)
          const second = nearest(values[from + i + 1]! * inverse + zeroPoint, 15)
          whole[(at * block + i) >> 1] = first | (second << 4)
        }
        zero[at >> 1]! |= zeroPoint << (4 * (at & 1))
      }
      return true
    },
  }
}

/** Shares of the range of a block that 4 bits try: cutting off its ends a little often rounds the rest better. */
const RANGES = [1, 0.94, 0.88, 0.82, 0.76]

/** The nearest of 0 … most; `| 0` cuts off what is behind the point, many times faster than Math.round. */
function nearest(x: number, most: number): number {
  const q = (x + 0.5) | 0
  return q < 0 ? 0 : q > most ? most : q
}

/** Scale s and zero point z of a block: w ≈ s·(q − z) with q = w/s + z rounded, for the range that rounds best. */
function bestRounding(
  values: Float32Array,
  from: number,
  block: number,
  most: number,
  ranges: readonly number[],
): { scale: number; zeroPoint: number } {
  let low = 0
  let high = 0
  for (let i = from; i < from + block; i++) {
    const w = values[i]!
    low = Math.min(low, w)
    high = Math.max(high, w)
  }
  if (!Number.isFinite(high - low)) return { scale: Number.NaN, zeroPoint: 0 }
  let scale = 0
  let zeroPoint = 0
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < ranges.length; k++) {
    const share = ranges[k]!
    const s = Math.fround((share * (high - low)) / most)
    if (s === 0) break
    const z = nearest((-low * share) / s, most)
    const inverse = 1 / s
    let error = 0
    for (let i = from; i < from + block; i++) {
      const w = values[i]!
      const missed = w - s * (nearest(w * inverse + z, most) - z)
      error += missed * missed
    }
    if (error >= least) continue
    scale = s
    zeroPoint = z
    least = error
  }
  return { scale, zeroPoint }
}

/** The numbers that stored bytes stand for, in float32: factor·(q − zero point). */
export function dequantized(
  bytes: Uint8Array,
  rows: number,
  columns: number,
  how: Quantization,
): Float32Array {
  const { factors, integers, zeroPoints } = quantizedLayout(rows, columns, how)
  const scale = new Float32Array(bytes.buffer, bytes.byteOffset + factors.offset, factors.bytes / 4)
  const whole = (offset: number, i: number) =>
    how.bits === 8 ? bytes[offset + i]! : (bytes[offset + (i >> 1)]! >> (4 * (i & 1))) & 15
  const values = new Float32Array(rows * columns)
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / how.block)
    values[i] = scale[at]! * (whole(integers.offset, i) - whole(zeroPoints.offset, at))
  }
  return values
}
