/** Add, Sub, Mul, Div, Neg: element by element with ONNX broadcasting. */
import { defineOp, type Op } from '../graph/op.ts'
import { apply, nodeOf, scalar, type Value } from '../graph/value.ts'
import { sumTo } from './reduce.ts'
import { between, wave } from './samples.ts'
import { broadcast, operand, sameShape } from './shapes.ts'
import { truncatedQuotient } from './tensorflow.ts'

function binary(inputs: readonly (Value | undefined)[]) {
  const [a, b] = [operand(inputs, 0), operand(inputs, 1)]
  if (a.dtype !== b.dtype) throw new Error(`element types ${a.dtype} and ${b.dtype} differ`)
  return [{ dtype: a.dtype, shape: broadcast(a.shape, b.shape) }]
}

const pairs = (low = -1, high = 1) => [
  { inputs: [wave([2, 3]), between(low, high, [2, 3], 2)], attributes: {} },
  { inputs: [wave([2, 3, 4]), between(low, high, [3, 1], 2)], attributes: {} },
  { inputs: [wave([4]), between(low, high, [2, 3, 4], 3)], attributes: {} },
]

// d(a+b) = da + db
export const Add = defineOp({
  name: 'Add',
  infer: binary,
  gradient: ({ inputs: [a, b], gradients: [g], needs }) => [
    needs[0] ? sumTo(g!, a!.shape) : undefined,
    needs[1] ? sumTo(g!, b!.shape) : undefined,
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [a, b]) => tf.add(a!, b!) },
  samples: () => pairs(),
})

// d(a−b) = da − db
export const Sub = defineOp({
  name: 'Sub',
  infer: binary,
  gradient: ({ inputs: [a, b], gradients: [g], needs }) => [
    needs[0] ? sumTo(g!, a!.shape) : undefined,
    needs[1] ? neg(sumTo(g!, b!.shape)) : undefined,
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [a, b]) => tf.sub(a!, b!) },
  samples: () => pairs(),
})

// d(a·b) = b·da + a·db
export const Mul = defineOp({
  name: 'Mul',
  infer: binary,
  gradient: ({ inputs: [a, b], gradients: [g], needs }) => [
    needs[0] ? sumTo(mul(g!, b!), a!.shape) : undefined,
    needs[1] ? sumTo(mul(g!, a!), b!.shape) : undefined,
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [a, b]) => tf.mul(a!, b!) },
  samples: () => pairs(),
})

// d(a/b) = da/b − (a/b)·db/b
export const Div = defineOp({
  name: 'Div',
  infer: binary,
  gradient: ({ inputs: [a, b], outputs: [y], gradients: [g], needs }) => {
    const ratio = div(g!, b!)
    return [
      needs[0] ? sumTo(ratio, a!.shape) : undefined,
      needs[1] ? neg(sumTo(mul(ratio, y!), b!.shape)) : undefined,
    ]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [a, b]) => (a!.dtype === 'int32' ? truncatedQuotient(tf, a!, b!) : tf.div(a!, b!)),
  },
  samples: () => pairs(0.6, 1.8),
})

// d(−a) = −da
export const Neg = defineOp({
  name: 'Neg',
  infer: (inputs) => [operand(inputs, 0)],
  gradient: ({ gradients: [g] }) => [neg(g!)],
  lowering: { onnx: 'native', tensorflow: (tf, [x]) => tf.neg(x!) },
  samples: () => [{ inputs: [wave([2, 3])], attributes: {} }],
})

/** An operand that broadcasting stretches anyway need not be stretched before. */
function unstretched(a: Value, b: Value): Value {
  const node = nodeOf(a)
  const source = node?.op.name === 'Expand' ? node.inputs[0]! : a
  return sameShape(broadcast(source.shape, b.shape), broadcast(a.shape, b.shape)) ? source : a
}

function elementwise(op: Op, a: Value, b: Value): Value {
  const left = unstretched(a, b)
  return apply(op, [left, unstretched(b, left)], {})[0]!
}

/** a + b */
export const add = (a: Value, b: Value): Value => elementwise(Add, a, b)
/** a − b */
export const sub = (a: Value, b: Value): Value => elementwise(Sub, a, b)
/** a · b, element by element */
export const mul = (a: Value, b: Value): Value => elementwise(Mul, a, b)
/** a / b */
export const div = (a: Value, b: Value): Value => elementwise(Div, a, b)
/** −a */
export const neg = (a: Value): Value => apply(Neg, [a], {})[0]!
/** k · a; a itself when k is 1. */
export const scale = (a: Value, k: number): Value => (k === 1 ? a : mul(a, scalar(k)))
/** 1 − a */
export const oneMinus = (a: Value): Value => sub(scalar(1), a)
