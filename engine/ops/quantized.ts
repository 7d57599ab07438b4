/** Frozen weights in 8 or 4 bits: neighbours in a block along the last axis share a factor and a zero point. */
import { byteLength, sizeOf } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { isRestored } from '../graph/restored.ts'
import { apply, nodeOf, type Value, viewAs } from '../graph/value.ts'
import { mul, scale, sub } from './arithmetic.ts'
import { cast } from './cast.ts'
import { concat, reshape, slice } from './layout.ts'
import { gemm } from './matmul.ts'
import { dequantizedRows } from './quantized-rows.ts'
import { sumTo } from './reduce.ts'
import { between, packed, wave } from './samples.ts'
import { operand } from './shapes.ts'
import { unpacked } from './tensorflow.ts'

const lastOf = (shape: readonly number[]): number => shape.at(-1)!

/** Numbers of a shape whose last axis is counted otherwise. */
const withLast = (shape: readonly number[], last: number): number[] => [...shape.slice(0, -1), last]

export type DequantizeAttributes = { axis: number; block_size: number }

// Inputs: integers, factors and zero points per block. w = factor·(q − zero point)
export const DequantizeLinear = defineOp<DequantizeAttributes>({
  name: 'DequantizeLinear',
  infer: (inputs, { axis, block_size: block }) => {
    const [q, factors, zeros] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)]
    const blocks = withLast(q.shape, lastOf(q.shape) / block)
    if (axis !== q.shape.length - 1 || factors.shape.join() !== blocks.join())
      throw new Error(
        `factors [${factors.shape}] do not fit blocks of ${block} along the rows of [${q.shape}]`,
      )
    if (zeros.dtype !== q.dtype || zeros.shape.join() !== blocks.join())
      throw new Error(`zero points [${zeros.shape}] do not fit [${q.shape}]`)
    return [{ dtype: 'float32', shape: q.shape }]
  },
  // Stored integers are not trained.
  gradient: 'none',
  lowering: {
    onnx: {
      form: 'native',
      composed: { webgpu: (node) => dequantizedRows(node) ?? [composed(...(node.inputs as Operands))] },
    },
    tensorflow: (tf, [q, factors, zeros], { block_size: block }) => {
      const inBlocks = tf.reshape(tf.cast(q!, 'float32'), [...factors!.shape, block])
      const perBlock = (x: typeof inBlocks) => tf.expandDims(tf.cast(x, 'float32'), -1)
      const shifted = tf.sub(inBlocks, perBlock(zeros!))
      return tf.reshape(tf.mul(shifted, perBlock(factors!)), q!.shape)
    },
  },
  samples: () => [
    {
      inputs: [packed('uint4', [3, 64]), between(0.1, 0.3, [3, 2]), packed('uint4', [3, 2])],
      attributes: { axis: 1, block_size: 32 },
    },
    {
      inputs: [packed('uint8', [2, 3, 32]), between(0.1, 0.3, [2, 3, 1]), packed('uint8', [2, 3, 1])],
      attributes: { axis: 2, block_size: 32 },
    },
  ],
})

type Operands = [integers: Value, factors: Value, zeroPoints: Value]

/** DequantizeLinear in operators that know bytes and float32 alone. */
function composed(integers: Value, factors: Value, zeroPoints: Value): Value {
  const blocks = factors.shape
  const inBlocks = reshape(numbers(integers), [...blocks, lastOf(integers.shape) / lastOf(blocks)])
  const shifted = sub(inBlocks, reshape(numbers(zeroPoints), [...blocks, 1]))
  return reshape(mul(shifted, reshape(factors, [...blocks, 1])), integers.shape)
}

/** Stored integers as float32. */
function numbers(stored: Value): Value {
  if (stored.dtype !== 'uint4') return cast(stored, 'float32')
  const [count, bytes] = [sizeOf(stored.shape), byteLength(stored)]
  const pairs = cast(viewAs(stored, { dtype: 'uint8', shape: [bytes, 1] }), 'float32')
  // Casting to whole numbers cuts off what is behind the point.
  const high = cast(cast(scale(pairs, 1 / 16), 'int32'), 'float32')
  const both = concat([sub(pairs, scale(high, 16)), high], 1)
  return reshape(slice(reshape(both, [2 * bytes]), 0, 0, count), stored.shape)
}

export type MatMulNBitsAttributes = {
  K: number
  N: number
  bits: number
  block_size: number
  accuracy_level: number
}

// y = x·Wᵀ + b with W [N, K] in 4 bits   ⇒   dx = dy·W, db = Σ dy
// Inputs: x, W as bytes [N, blocks, block/2], factors and zero points per block, (an index, not used,) b.
export const MatMulNBits = defineOp<MatMulNBitsAttributes>({
  name: 'MatMulNBits',
  infer: (inputs, { K, N, block_size: block }) => {
    const [x, w, factors, zeros] = [0, 1, 2, 3].map((i) => operand(inputs, i)) as [Value, Value, Value, Value]
    const blocks = K / block
    if (x.shape.length !== 2 || x.shape[1] !== K) throw new Error(`[${x.shape}] does not end in ${K}`)
    if (w.shape.join() !== [N, blocks, block / 2].join() || factors.shape.join() !== [N, blocks].join())
      throw new Error(`[${w.shape}] and [${factors.shape}] are not [${N}, ${K}] in blocks of ${block}`)
    if (blocks % 2 !== 0 || zeros.shape.join() !== [N, blocks / 2].join())
      throw new Error(`zero points [${zeros.shape}] do not fit an even number of blocks`)
    return [{ dtype: 'float32', shape: [x.shape[0]!, N] }]
  },
  gradient: ({ inputs: [, w, factors, zeros, , bias], attributes, gradients: [g], needs }) => {
    const { K, N, block_size: block } = attributes
    const integers = viewAs(w!, { dtype: 'uint4', shape: [N, K] })
    const zeroPoints = viewAs(zeros!, { dtype: 'uint4', shape: [N, K / block] })
    return [
      needs[0] ? gemm(g!, dequantize({ integers, factors: factors!, zeroPoints })) : undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      bias !== undefined && needs[5] ? sumTo(g!, bias.shape) : undefined,
    ]
  },
  fixedInputs: [2],
  lowering: {
    onnx: { domain: 'com.microsoft' },
    tensorflow: (tf, [x, w, factors, zeros, , bias], { N, K, block_size: block }) => {
      const blocks = tf.reshape(unpacked(tf, w!, 4), [N, K / block, block])
      const shifted = tf.sub(blocks, tf.reshape(unpacked(tf, zeros!, 4), [N, K / block, 1]))
      const weights = tf.reshape(tf.mul(shifted, tf.expandDims(factors!, -1)), [N, K])
      const y = tf.matMul(x!, weights, false, true)
      return bias ? tf.add(y, bias) : y
    },
  },
  samples: () => [
    {
      inputs: [
        wave([3, 64]),
        packed('uint8', [5, 2, 16]),
        between(0.02, 0.06, [5, 2]),
        packed('uint8', [5, 1]),
        undefined,
        wave([5], 4),
      ],
      attributes: { K: 64, N: 5, bits: 4, block_size: 32, accuracy_level: 0 },
    },
  ],
})

/** Integers, factors and zero points of a weight, as DequantizeLinear takes them. */
export interface QuantizedParts {
  readonly integers: Value
  readonly factors: Value
  readonly zeroPoints: Value
}

/** factor·(q − zero point), the blocks along the last axis. @param factors [..., blocks] */
export function dequantize({ integers, factors, zeroPoints }: QuantizedParts): Value {
  const attributes = {
    axis: integers.shape.length - 1,
    block_size: lastOf(integers.shape) / lastOf(factors.shape),
  }
  return apply(DequantizeLinear, [integers, factors, zeroPoints], attributes)[0]!
}

/**
 * A frozen table's rows as `pick` takes them from what is stored, made float32 behind it; undefined where the table is float32
 * or its rows do not begin at whole bytes.
 */
export function restoredAfter(table: Value, pick: (stored: Value) => Value): Value | undefined {
  const node = isRestored(table) ? nodeOf(table) : undefined
  if (node === undefined) return undefined
  if (node.op.name !== DequantizeLinear.name) return cast(pick(node.inputs[0]!), 'float32')
  const [integers, factors, zeroPoints] = node.inputs as [Value, Value, Value]
  if (integers.dtype === 'uint4') return undefined
  return dequantize({ integers: pick(integers), factors: pick(factors), zeroPoints: pick(zeroPoints) })
}

/** The 4-bit product takes blocks of at least this many, a power of two, and an even number of them in a row. */
const SMALLEST_BLOCK = 16

/** x·Wᵀ + bias straight from the integers; undefined where W has no form that the operator takes. */
export function quantizedProduct(
  x: Value,
  { integers, factors, zeroPoints }: QuantizedParts,
  bias: Value | undefined,
): Value | undefined {
  if (integers.dtype !== 'uint4') return undefined
  const [N, K] = integers.shape as [number, number]
  const blocks = lastOf(factors.shape)
  const block = K / blocks
  if (blocks % 2 !== 0 || block < SMALLEST_BLOCK || !Number.isInteger(Math.log2(block))) return undefined
  const bytes = viewAs(integers, { dtype: 'uint8', shape: [N, blocks, block / 2] })
  const zeros = viewAs(zeroPoints, { dtype: 'uint8', shape: [N, blocks / 2] })
  const attributes = { K, N, bits: 4, block_size: block, accuracy_level: 0 }
  const operands = [x, bytes, factors, zeros, ...(bias === undefined ? [] : [undefined, bias])]
  return apply(MatMulNBits, operands, attributes)[0]!
}
