/** Rows of a quantised table, made float32 as they are read; devices without DequantizeLinear read whole matrices by it. */
import { type Composition, defineOp } from '../graph/op.ts'
import { apply, constant, type Node, nodeOf, type Value, viewAs } from '../graph/value.ts'
import type { Tensor } from '../runtimes/tensorflow/lowering.ts'
import { between, indices, packed } from './samples.ts'
import { operand } from './shapes.ts'
import { unpacked } from './tensorflow.ts'

export type GatherBlockQuantizedAttributes = {
  gather_axis: 0
  quantize_axis: number
  block_size: number
  bits: 4 | 8
}

type Operands = [bytes: Value, at: Value, factors: Value, zeroPoints: Value]

// Inputs: bytes, places, factors and zero points per block. y = factor·(q − zero point) of the rows at the places
export const GatherBlockQuantized = defineOp<GatherBlockQuantizedAttributes>({
  name: 'GatherBlockQuantized',
  infer: (inputs, { quantize_axis: axis, block_size: block, bits }) => {
    const [bytes, at, factors, zeros] = [0, 1, 2, 3].map((i) => operand(inputs, i)) as Operands
    const last = (bytes.shape.at(-1)! * 8) / bits
    if (bytes.dtype !== 'uint8' || axis !== bytes.shape.length - 1)
      throw new Error('GatherBlockQuantized is used on bytes, quantised along their last axis')
    if (factors.shape.join() !== [...bytes.shape.slice(0, -1), last / block].join())
      throw new Error(`factors [${factors.shape}] do not fit blocks of ${block} in [${bytes.shape}]`)
    const zeroBytes = ((last / block) * bits) / 8
    if (zeros.shape.join() !== [...bytes.shape.slice(0, -1), zeroBytes].join())
      throw new Error(`zero points [${zeros.shape}] do not fit [${factors.shape}]`)
    return [{ dtype: 'float32', shape: [...at.shape, ...bytes.shape.slice(1, -1), last] }]
  },
  // Stored integers are not trained.
  gradient: 'none',
  lowering: {
    onnx: { domain: 'com.microsoft' },
    tensorflow: (tf, [bytes, at, factors, zeros], { block_size: block, bits }) => {
      const rows = (x: Tensor) => tf.gather(x, tf.cast(at!, 'int32'), 0)
      const scale = rows(factors!)
      const numbers = tf.reshape(unpacked(tf, rows(bytes!), bits), [...scale.shape, block])
      const zero = tf.reshape(unpacked(tf, rows(zeros!), bits), [...scale.shape, 1])
      const y = tf.mul(tf.sub(numbers, zero), tf.expandDims(scale, -1))
      return tf.reshape(y, [...scale.shape.slice(0, -1), scale.shape.at(-1)! * block])
    },
  },
  samples: () => [
    {
      inputs: [
        packed('uint8', [5, 32]),
        indices([2, 2], 5),
        between(0.1, 0.3, [5, 2]),
        packed('uint8', [5, 1]),
      ],
      attributes: { gather_axis: 0, quantize_axis: 1, block_size: 32, bits: 4 },
    },
    {
      inputs: [packed('uint8', [4, 32]), indices([3], 4), between(0.1, 0.3, [4, 2]), packed('uint8', [4, 2])],
      attributes: { gather_axis: 0, quantize_axis: 1, block_size: 16, bits: 8 },
    },
  ],
})

/** What DequantizeLinear reads: every row, or those that Gathers have taken from the stored tables before. */
function rowsRead({ inputs }: Node): Operands {
  const taken = inputs.map((v) => nodeOf(v!))
  const [at] = taken.map((node) => node?.inputs[1])
  if (at !== undefined && taken.every((node) => node?.op.name === 'Gather' && node.inputs[1] === at))
    return [taken[0]!.inputs[0]!, at, taken[1]!.inputs[0]!, taken[2]!.inputs[0]!]
  const [integers, factors, zeroPoints] = inputs as [Value, Value, Value]
  const rows = integers.shape[0]!
  const all = Int32Array.from({ length: rows }, (_, i) => i)
  return [integers, constant({ dtype: 'int32', shape: [rows], data: all }), factors, zeroPoints]
}

/** Stored integers as bytes; undefined where a row does not end with one. */
function asBytes(stored: Value): Value | undefined {
  if (stored.dtype === 'uint8') return stored
  const last = stored.shape.at(-1)! / 2
  return Number.isInteger(last)
    ? viewAs(stored, { dtype: 'uint8', shape: [...stored.shape.slice(0, -1), last] })
    : undefined
}

/** DequantizeLinear in one operator that reads bytes; undefined where rows do not end with one. */
export const dequantizedRows: Composition = (node) => {
  const [integers, at, factors, zeroPoints] = rowsRead(node)
  const [bytes, zeros] = [asBytes(integers), asBytes(zeroPoints)]
  if (bytes === undefined || zeros === undefined) return undefined
  return apply(GatherBlockQuantized, [bytes, at, factors, zeros], {
    gather_axis: 0,
    quantize_axis: bytes.shape.length - 1,
    block_size: integers.shape.at(-1)! / factors.shape.at(-1)!,
    bits: integers.dtype === 'uint8' ? 8 : 4,
  })
}
