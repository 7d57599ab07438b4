/** Reading and writing by index: Gather, GatherElements, ScatterElements, ScatterND. */
import { sizeOf } from '../graph/host-tensor.ts'
import { defineOp, type Op } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import { mul } from './arithmetic.ts'
import { cast } from './cast.ts'
import { isZeros, reshape, zerosOf } from './layout.ts'
import { restoredAfter } from './quantized.ts'
import { indices, wave } from './samples.ts'
import { axisOf, operand } from './shapes.ts'
import { elementPlaces, hostIndices, rowPlaces } from './tensorflow.ts'

// Rows that are read several times collect the sum of their gradients.
export const Gather = defineOp<{ axis: number }>({
  name: 'Gather',
  infer: (inputs, { axis }) => {
    const [x, at] = [operand(inputs, 0), operand(inputs, 1)]
    const a = axisOf(axis, x.shape.length)
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, a), ...at.shape, ...x.shape.slice(a + 1)] }]
  },
  gradient: ({ inputs: [x, at], attributes: { axis }, gradients: [g] }) => {
    if (axisOf(axis, x!.shape.length) !== 0) throw new Error('Gather is differentiated along axis 0 only')
    const n = sizeOf(at!.shape)
    const rows = reshape(g!, [n, ...x!.shape.slice(1)])
    return [scatterNdAdd(zerosOf(x!.shape), cast(reshape(at!, [n, 1]), 'int64'), rows)]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, at], { axis }) => {
      const a = axisOf(axis, x!.rank)
      const places = hostIndices(at!, x!.shape[a]!)
      return tf.gather(x!, tf.tensor(places, at!.shape, 'int32'), a)
    },
  },
  samples: () => [
    { inputs: [wave([5, 3]), indices([2, 4], 5)], attributes: { axis: 0 } },
    { inputs: [wave([6]), indices([4], 6)], attributes: { axis: 0 } },
  ],
})

export const GatherElements = defineOp<{ axis: number }>({
  name: 'GatherElements',
  infer: (inputs) => [{ dtype: operand(inputs, 0).dtype, shape: operand(inputs, 1).shape }],
  gradient: ({ inputs: [x, at], attributes: { axis }, gradients: [g] }) => [
    scatterElementsAdd(zerosOf(x!.shape), at!, g!, axis),
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, at], { axis }) => {
      const places = elementPlaces(tf, at!, x!.shape, axisOf(axis, x!.rank))
      return tf.reshape(tf.gather(tf.reshape(x!, [-1]), places), at!.shape)
    },
  },
  samples: () => [{ inputs: [wave([3, 5]), indices([3, 2], 5)], attributes: { axis: 1 } }],
})

// y = x with updates added at places: dx = dy, du = dy read at the places
export const ScatterElements = defineOp<{ axis: number; reduction: 'add' }>({
  name: 'ScatterElements',
  infer: (inputs) => [operand(inputs, 0)],
  gradient: ({ inputs: [, at], attributes: { axis }, gradients: [g], needs }) => [
    needs[0] ? g : undefined,
    undefined,
    needs[2] ? gatherElements(g!, at!, axis) : undefined,
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, at, u], { axis }, node) => {
      const places = elementPlaces(tf, at!, x!.shape, axisOf(axis, x!.rank))
      const added = tf.scatterND(tf.expandDims(places, 1), tf.reshape(u!, [-1]), [x!.size])
      const shaped = tf.reshape(added, x!.shape)
      return isZeros(node.inputs[0]!) ? shaped : tf.add(x!, shaped)
    },
  },
  samples: () => [
    {
      inputs: [wave([3, 5]), indices([3, 2], 5), wave([3, 2], 2)],
      attributes: { axis: 1, reduction: 'add' as const },
    },
  ],
})

// As ScatterElements, whole rows at a time; indices are [n, 1].
export const ScatterND: Op<{ reduction: 'add' | 'none' }> = defineOp<{ reduction: 'add' | 'none' }>({
  name: 'ScatterND',
  infer: (inputs) => {
    const [x, at, u] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)]
    if (at.dtype !== 'int64' || at.shape.length !== 2 || at.shape[1] !== 1)
      throw new Error('ScatterND is used with int64 indices [n, 1]')
    if (u.shape[0] !== at.shape[0] || u.shape.slice(1).join() !== x.shape.slice(1).join())
      throw new Error(`rows [${u.shape}] do not fit into [${x.shape}]`)
    return [x]
  },
  gradient: ({ inputs: [, at, u], attributes: { reduction }, gradients: [g], needs }) => [
    needs[0]
      ? reduction === 'add'
        ? g
        : apply(ScatterND, [g!, at!, mul(u!, scalar(0))], { reduction: 'none' })[0]
      : undefined,
    undefined,
    needs[2] ? gather(g!, reshape(at!, [at!.shape[0]!]), 0) : undefined,
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, at, u], { reduction }, node) => {
      const rows = rowPlaces(tf, at!, x!.shape[0]!)
      // The sum is a copy: the backend in plain JavaScript would write into its operand.
      if (reduction === 'none') return tf.tensorScatterUpdate(tf.add(x!, 0), rows, u!)
      const added = tf.scatterND(rows, u!, x!.shape)
      return isZeros(node.inputs[0]!) ? added : tf.add(x!, added)
    },
  },
  samples: () => [
    {
      inputs: [
        wave([5, 2]),
        { dtype: 'int64', shape: [3, 1], data: BigInt64Array.of(1n, 4n, 1n) },
        wave([3, 2], 2),
      ],
      attributes: { reduction: 'add' as const },
    },
    {
      inputs: [
        wave([5, 2]),
        { dtype: 'int64', shape: [2, 1], data: BigInt64Array.of(0n, 3n) },
        wave([2, 2], 2),
      ],
      attributes: { reduction: 'none' as const },
    },
  ],
})

/** Slices of x along `axis` at the given places; of a frozen table that is stored in fewer bits only they become float32. */
export function gather(x: Value, at: Value, axis = 0): Value {
  const slices = (of: Value) => apply(Gather, [of, at], { axis })[0]!
  return (axis === 0 ? restoredAfter(x, slices) : undefined) ?? slices(x)
}
export const gatherElements = (x: Value, at: Value, axis: number): Value =>
  apply(GatherElements, [x, at], { axis })[0]!
export const scatterElementsAdd = (x: Value, at: Value, updates: Value, axis: number): Value =>
  apply(ScatterElements, [x, at, updates], { axis, reduction: 'add' })[0]!
/** x with `rows` added at row numbers `at` [n, 1]. */
export const scatterNdAdd = (x: Value, at: Value, rows: Value): Value =>
  apply(ScatterND, [x, at, rows], { reduction: 'add' })[0]!
/** x with its rows `at` [n, 1] replaced. */
export const scatterNd = (x: Value, at: Value, rows: Value): Value =>
  apply(ScatterND, [x, at, rows], { reduction: 'none' })[0]!
