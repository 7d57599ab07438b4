/** Functions of one element: Exp, Log, Sqrt, Reciprocal, Erf, Tanh, Sigmoid, Sin, Cos, Abs, Sign. */

import type { HostTensor } from '../graph/host-tensor.ts'
import { defineOp, type OnnxLowering } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import type { Tensor, Tensorflow } from '../runtimes/tensorflow/lowering.ts'
import { div, mul, neg, oneMinus, scale, sub } from './arithmetic.ts'
import { cast } from './cast.ts'
import { greater } from './compare.ts'
import { between, wave } from './samples.ts'
import { operand } from './shapes.ts'
import { composedSinCos } from './sine.ts'

interface Rule {
  /** Derivative at x, given y = f(x); multiplied with the incoming gradient here. */
  derivative: ((x: Value, y: Value, g: Value) => Value) | 'none'
  sample: HostTensor
  tensorflow: (tf: Tensorflow, x: Tensor) => Tensor
  onnx?: OnnxLowering
}

function unary(name: string, { derivative, sample, tensorflow, onnx = 'native' }: Rule) {
  return defineOp({
    name,
    infer: (inputs) => [operand(inputs, 0)],
    gradient:
      derivative === 'none'
        ? 'none'
        : ({ inputs: [x], outputs: [y], gradients: [g] }) => [derivative(x!, y!, g!)],
    lowering: { onnx, tensorflow: (tf, [x]) => tensorflow(tf, x!) },
    samples: () => [{ inputs: [sample], attributes: {} }],
  })
}

const isGreater = (a: Value, b: Value): Value => cast(greater(a, b), 'float32')

const anywhere = wave([3, 4], 1, 1.4)
const positive = between(0.4, 2.2, [3, 4])

// eˣ' = eˣ
export const Exp = unary('Exp', {
  derivative: (_, y, g) => mul(g, y),
  sample: anywhere,
  tensorflow: (tf, x) => tf.exp(x),
})
// (ln x)' = 1/x
export const Log = unary('Log', {
  derivative: (x, _, g) => div(g, x),
  sample: positive,
  tensorflow: (tf, x) => tf.log(x),
})
// (√x)' = 1/(2√x)
export const Sqrt = unary('Sqrt', {
  derivative: (_, y, g) => scale(div(g, y), 0.5),
  sample: positive,
  tensorflow: (tf, x) => tf.sqrt(x),
})
// (1/x)' = −(1/x)²
export const Reciprocal = unary('Reciprocal', {
  derivative: (_, y, g) => neg(mul(g, mul(y, y))),
  sample: positive,
  tensorflow: (tf, x) => tf.reciprocal(x),
})
// erf' = 2/√π · e^(−x²)
export const Erf = unary('Erf', {
  derivative: (x, _, g) => mul(g, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
  sample: anywhere,
  tensorflow: (tf, x) => tf.erf(x),
})
// tanh' = 1 − tanh²
export const Tanh = unary('Tanh', {
  derivative: (_, y, g) => mul(g, oneMinus(mul(y, y))),
  sample: anywhere,
  tensorflow: (tf, x) => tf.tanh(x),
})
// σ' = σ·(1 − σ)
export const Sigmoid = unary('Sigmoid', {
  derivative: (_, y, g) => mul(g, mul(y, oneMinus(y))),
  sample: anywhere,
  tensorflow: (tf, x) => tf.sigmoid(x),
})
export const Sin = unary('Sin', {
  derivative: (x, _, g) => mul(g, cos(x)),
  sample: anywhere,
  tensorflow: (tf, x) => tf.sin(x),
  onnx: { form: 'native', composed: { webgpu: ({ inputs: [x] }) => [composedSinCos(x!).sin] } },
})
export const Cos = unary('Cos', {
  derivative: (x, _, g) => neg(mul(g, sin(x))),
  sample: anywhere,
  tensorflow: (tf, x) => tf.cos(x),
  onnx: { form: 'native', composed: { webgpu: ({ inputs: [x] }) => [composedSinCos(x!).cos] } },
})
// |x|' = sign x
export const Abs = unary('Abs', {
  derivative: (x, _, g) => mul(g, sign(x)),
  sample: positive,
  tensorflow: (tf, x) => tf.abs(x),
})
// sign x = [x > 0] − [0 > x]
export const Sign = unary('Sign', {
  derivative: 'none',
  sample: anywhere,
  tensorflow: (tf, x) => tf.sign(x),
  onnx: {
    form: 'native',
    composed: {
      webgpu: ({ inputs: [x] }) => [sub(isGreater(x!, scalar(0)), isGreater(scalar(0), x!))],
    },
  },
})

export const exp = (x: Value): Value => apply(Exp, [x], {})[0]!
export const log = (x: Value): Value => apply(Log, [x], {})[0]!
export const sqrt = (x: Value): Value => apply(Sqrt, [x], {})[0]!
export const reciprocal = (x: Value): Value => apply(Reciprocal, [x], {})[0]!
export const erf = (x: Value): Value => apply(Erf, [x], {})[0]!
export const tanh = (x: Value): Value => apply(Tanh, [x], {})[0]!
export const sigmoid = (x: Value): Value => apply(Sigmoid, [x], {})[0]!
export const sin = (x: Value): Value => apply(Sin, [x], {})[0]!
export const cos = (x: Value): Value => apply(Cos, [x], {})[0]!
export const abs = (x: Value): Value => apply(Abs, [x], {})[0]!
export const sign = (x: Value): Value => apply(Sign, [x], {})[0]!
/** x² */
export const square = (x: Value): Value => mul(x, x)
/** 1/√(x + ε) */
export const inverseSqrt = (x: Value): Value => reciprocal(sqrt(x))
/** x^k for a constant base: e^(x·ln base) */
export const powerOf = (base: number, x: Value): Value => exp(mul(x, scalar(Math.log(base))))
