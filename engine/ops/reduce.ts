/** ReduceSum, ReduceMean, ReduceMax over given axes. */

import { sizeOf } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { apply, int64, type Value } from '../graph/value.ts'
import { mul, scale } from './arithmetic.ts'
import { cast } from './cast.ts'
import { equal } from './compare.ts'
import { expand, reshape } from './layout.ts'
import { ints, wave } from './samples.ts'
import { axisOf, constantInts, operand, type Shape, sameShape } from './shapes.ts'

type ReduceAttributes = { keepdims: 0 | 1 }

function infer(inputs: readonly (Value | undefined)[], { keepdims }: ReduceAttributes) {
  const x = operand(inputs, 0)
  const axes = new Set(constantInts(inputs[1]).map((a) => axisOf(a, x.shape.length)))
  const shape = x.shape.flatMap((n, i) => (axes.has(i) ? (keepdims ? [1] : []) : [n]))
  return [{ dtype: x.dtype, shape }]
}

/** The gradient of a reduction, with its reduced axes back as 1. */
function kept(g: Value, x: Value, axes: Value): Value {
  const list = new Set(constantInts(axes).map((a) => axisOf(a, x.shape.length)))
  return reshape(
    g,
    x.shape.map((n, i) => (list.has(i) ? 1 : n)),
  )
}

const samples = () => [
  { inputs: [wave([2, 3, 4]), ints([-1])], attributes: { keepdims: 1 as const } },
  { inputs: [wave([2, 3, 4]), ints([0, 2])], attributes: { keepdims: 0 as const } },
]

export const ReduceSum = defineOp<ReduceAttributes>({
  name: 'ReduceSum',
  infer,
  gradient: ({ inputs: [x, axes], gradients: [g] }) => [expand(kept(g!, x!, axes!), x!.shape)],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { keepdims }, node) => tf.sum(x!, constantInts(node.inputs[1]), keepdims === 1),
  },
  samples,
})

export const ReduceMean = defineOp<ReduceAttributes>({
  name: 'ReduceMean',
  infer,
  gradient: ({ inputs: [x, axes], outputs: [y], gradients: [g] }) => [
    expand(scale(kept(g!, x!, axes!), sizeOf(y!.shape) / sizeOf(x!.shape)), x!.shape),
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { keepdims }, node) => tf.mean(x!, constantInts(node.inputs[1]), keepdims === 1),
  },
  samples,
})

// The gradient goes to the greatest element (to each of several equal ones).
export const ReduceMax = defineOp<ReduceAttributes>({
  name: 'ReduceMax',
  infer,
  gradient: ({ inputs: [x, axes], outputs: [y], gradients: [g] }) => [
    mul(cast(equal(x!, kept(y!, x!, axes!)), 'float32'), kept(g!, x!, axes!)),
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { keepdims }, node) => tf.max(x!, constantInts(node.inputs[1]), keepdims === 1),
  },
  samples: () => [{ inputs: [wave([2, 3, 4]), ints([-1])], attributes: { keepdims: 1 as const } }],
})

const axesOf = (axes: readonly number[]): Value => int64(axes)

export const reduceSum = (x: Value, axes: readonly number[], keepdims: 0 | 1 = 1): Value =>
  apply(ReduceSum, [x, axesOf(axes)], { keepdims })[0]!
export const reduceMean = (x: Value, axes: readonly number[], keepdims: 0 | 1 = 1): Value =>
  apply(ReduceMean, [x, axesOf(axes)], { keepdims })[0]!
export const reduceMax = (x: Value, axes: readonly number[], keepdims: 0 | 1 = 1): Value =>
  apply(ReduceMax, [x, axesOf(axes)], { keepdims })[0]!

/** Sum of all elements, shape []. */
export const sumAll = (x: Value): Value =>
  x.shape.length === 0 ? x : reduceSum(reshape(x, [sizeOf(x.shape)]), [0], 0)

/** Undoes broadcasting: sums `g` over the axes along which `shape` was stretched. */
export function sumTo(g: Value, shape: Shape): Value {
  if (sameShape(g.shape, shape)) return g
  const lead = g.shape.length - shape.length
  const axes = g.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []))
  return reshape(axes.length === 0 ? g : reduceSum(g, axes, 1), shape)
}
