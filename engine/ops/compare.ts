/** Comparisons, truth values, and the choice between two tensors. */
import type { HostTensor } from '../graph/host-tensor.ts'
import { defineOp, type OnnxLowering } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import type { Tensor, Tensorflow } from '../runtimes/tensorflow/lowering.ts'
import { sumTo } from './reduce.ts'
import { booleans, indices, wave } from './samples.ts'
import { broadcast, operand } from './shapes.ts'

function comparison(
  name: string,
  samples: readonly HostTensor[],
  tensorflow: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor,
  onnx: OnnxLowering = 'native',
) {
  return defineOp({
    name,
    infer: (inputs) => {
      const [a, b] = [operand(inputs, 0), operand(inputs, 1)]
      if (a.dtype !== b.dtype) throw new Error(`element types ${a.dtype} and ${b.dtype} differ`)
      return [{ dtype: 'bool' as const, shape: broadcast(a.shape, b.shape) }]
    },
    gradient: 'none',
    lowering: { onnx, tensorflow: (tf, [a, b]) => tensorflow(tf, a!, b!) },
    samples: () => [{ inputs: samples, attributes: {} }],
  })
}

const integers = [indices([3, 4], 5), indices([4], 5, 2)]
const truths = [booleans([3, 4]), booleans([4])]

export const Equal = comparison('Equal', integers, (tf, a, b) => tf.equal(a, b))
export const Less = comparison('Less', integers, (tf, a, b) => tf.less(a, b))
export const LessOrEqual = comparison('LessOrEqual', integers, (tf, a, b) => tf.lessEqual(a, b))
export const Greater = comparison('Greater', [wave([3, 4]), wave([4], 2)], (tf, a, b) => tf.greater(a, b))
export const And = comparison('And', truths, (tf, a, b) => tf.logicalAnd(a, b))
// a ∨ b = ¬(¬a ∧ ¬b)
export const Or = comparison('Or', truths, (tf, a, b) => tf.logicalOr(a, b), {
  form: 'native',
  composed: { webgpu: ({ inputs: [a, b] }) => [not(and(not(a!), not(b!)))] },
})

export const Not = defineOp({
  name: 'Not',
  infer: (inputs) => [operand(inputs, 0)],
  gradient: 'none',
  lowering: { onnx: 'native', tensorflow: (tf, [x]) => tf.logicalNot(x!) },
  samples: () => [{ inputs: [booleans([5])], attributes: {} }],
})

// The gradient goes to the side that was chosen.
export const Where = defineOp({
  name: 'Where',
  infer: (inputs) => {
    const [c, a, b] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)]
    if (c.dtype !== 'bool' || a.dtype !== b.dtype)
      throw new Error('Where needs a truth value and two equal types')
    return [{ dtype: a.dtype, shape: broadcast(c.shape, broadcast(a.shape, b.shape)) }]
  },
  gradient: ({ inputs: [c, a, b], gradients: [g], needs }) => [
    undefined,
    needs[1] ? sumTo(where(c!, g!, scalar(0)), a!.shape) : undefined,
    needs[2] ? sumTo(where(c!, scalar(0), g!), b!.shape) : undefined,
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [c, a, b]) => tf.where(c!, a!, b!) },
  samples: () => [
    { inputs: [booleans([3, 4]), wave([3, 4]), wave([3, 4], 2)], attributes: {} },
    { inputs: [booleans([3, 1]), wave([4]), wave([3, 4], 2)], attributes: {} },
  ],
})

export const equal = (a: Value, b: Value): Value => apply(Equal, [a, b], {})[0]!
export const less = (a: Value, b: Value): Value => apply(Less, [a, b], {})[0]!
export const lessOrEqual = (a: Value, b: Value): Value => apply(LessOrEqual, [a, b], {})[0]!
export const greater = (a: Value, b: Value): Value => apply(Greater, [a, b], {})[0]!
export const and = (a: Value, b: Value): Value => apply(And, [a, b], {})[0]!
export const or = (a: Value, b: Value): Value => apply(Or, [a, b], {})[0]!
export const not = (a: Value): Value => apply(Not, [a], {})[0]!
/** a where `condition`, else b */
export const where = (condition: Value, a: Value, b: Value): Value => apply(Where, [condition, a, b], {})[0]!
