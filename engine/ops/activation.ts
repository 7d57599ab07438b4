/** Activations with an ONNX operator of their own: Relu, LeakyRelu, Gelu (exact and tanh form), Swish (SiLU). */
import { defineOp } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import { add, mul, oneMinus, scale } from './arithmetic.ts'
import { cast } from './cast.ts'
import { greater, where } from './compare.ts'
import { erf, exp, sigmoid, square, tanh } from './math.ts'
import { wave } from './samples.ts'
import { operand } from './shapes.ts'

const same = (inputs: readonly (Value | undefined)[]) => [operand(inputs, 0)]
const sample = wave([3, 5], 2, 2)

// relu' = [x > 0]
export const Relu = defineOp({
  name: 'Relu',
  infer: same,
  gradient: ({ inputs: [x], gradients: [g] }) => [mul(g!, cast(greater(x!, scalar(0)), 'float32'))],
  lowering: { onnx: 'native', tensorflow: (tf, [x]) => tf.relu(x!) },
  samples: () => [{ inputs: [sample], attributes: {} }],
})

// leaky' = 1 where x > 0, else α
export const LeakyRelu = defineOp<{ alpha: { float: number } }>({
  name: 'LeakyRelu',
  infer: same,
  gradient: ({ inputs: [x], attributes, gradients: [g] }) => [
    where(greater(x!, scalar(0)), g!, scale(g!, attributes.alpha.float)),
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [x], { alpha }) => tf.leakyRelu(x!, alpha.float) },
  samples: () => [{ inputs: [sample], attributes: { alpha: { float: 0.01 } } }],
})

const TANH_SCALE = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

/** gelu'(x) for the exact form Φ(x) + x·φ(x) */
function exactDerivative(x: Value): Value {
  const cdf = scale(add(scalar(1), erf(scale(x, Math.SQRT1_2))), 0.5)
  const density = scale(exp(scale(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return add(cdf, mul(x, density))
}

/**
 * gelu'(x) for the tanh form, which is x·σ(v) with v = 2k(x + c·x³):
 * σ(v) + x·σ(v)·(1 − σ(v))·v' = σ(v)·(1 + (1 − σ(v))·x·(2k + 6kc·x²))
 */
function tanhDerivative(x: Value): Value {
  const k = 2 * TANH_SCALE
  const squared = square(x)
  const s = sigmoid(mul(x, add(scale(squared, k * CUBIC), scalar(k))))
  const slope = mul(x, add(scale(squared, 3 * k * CUBIC), scalar(k)))
  return mul(s, add(mul(oneMinus(s), slope), scalar(1)))
}

export const Gelu = defineOp<{ approximate: 'none' | 'tanh' }>({
  name: 'Gelu',
  infer: same,
  gradient: ({ inputs: [x], attributes, gradients: [g] }) => [
    mul(g!, attributes.approximate === 'tanh' ? tanhDerivative(x!) : exactDerivative(x!)),
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { approximate }) => {
      if (approximate === 'none') return tf.mul(tf.mul(x!, 0.5), tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1))
      // x·σ(v), as in the derivative above
      const v = tf.mul(x!, tf.add(tf.mul(tf.square(x!), 2 * TANH_SCALE * CUBIC), 2 * TANH_SCALE))
      return tf.mul(x!, tf.sigmoid(v))
    },
  },
  samples: () => [
    { inputs: [sample], attributes: { approximate: 'none' as const } },
    { inputs: [sample], attributes: { approximate: 'tanh' as const } },
  ],
})

// (x·σ(x))' = σ + y·(1 − σ)
export const Swish = defineOp({
  name: 'Swish',
  infer: same,
  gradient: ({ inputs: [x], outputs: [y], gradients: [g] }) => {
    const s = sigmoid(x!)
    return [mul(g!, add(s, mul(y!, oneMinus(s))))]
  },
  lowering: { onnx: 'native', tensorflow: (tf, [x]) => tf.mul(x!, tf.sigmoid(x!)) },
  samples: () => [{ inputs: [sample], attributes: {} }],
})

export const relu = (x: Value): Value => apply(Relu, [x], {})[0]!
export const leakyRelu = (x: Value, alpha: number): Value =>
  apply(LeakyRelu, [x], { alpha: { float: alpha } })[0]!
export const gelu = (x: Value, approximate: 'none' | 'tanh' = 'none'): Value =>
  apply(Gelu, [x], { approximate })[0]!
/** x·σ(x), also called SiLU */
export const swish = (x: Value): Value => apply(Swish, [x], {})[0]!

/** Activations by the names that Hugging Face configurations use (`transformers.activations.ACT2FN`, `adapters`). */
export const activations: Readonly<Record<string, (x: Value) => Value>> = {
  relu,
  silu: swish,
  swish,
  gelu: (x) => gelu(x, 'none'),
  gelu_new: (x) => gelu(x, 'tanh'),
  gelu_pytorch_tanh: (x) => gelu(x, 'tanh'),
  gelu_fast: (x) => gelu(x, 'tanh'),
  quick_gelu: (x) => mul(x, sigmoid(scale(x, 1.702))),
  leakyrelu: (x) => leakyRelu(x, 0.01),
  tanh,
  sigmoid,
  linear: (x) => x,
}
