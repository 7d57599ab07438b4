/** LayerNormalization, RMSNormalization and Softmax over the last axis. */
import { defineOp } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import { add, mul, sub } from './arithmetic.ts'
import { inverseSqrt, square } from './math.ts'
import { reduceMean, reduceSum, sumTo } from './reduce.ts'
import { between, wave } from './samples.ts'
import { axisOf, operand } from './shapes.ts'

type NormAttributes = { axis: -1; epsilon: { float: number } }

function checkScale(x: Value, weight: Value) {
  if (weight.shape.length !== 1 || weight.shape[0] !== x.shape.at(-1))
    throw new Error(`a scale [${weight.shape}] does not fit the last axis of [${x.shape}]`)
}

/** dx of y = x̂·w for normalised x̂ = (x−μ)·r (μ = 0 for RMS): r·(dx̂ − [mean dx̂] − x̂·mean(dx̂·x̂)) */
function normalizedGradient(dxhat: Value, xhat: Value, inverse: Value, centred: boolean): Value {
  const projection = mul(xhat, reduceMean(mul(dxhat, xhat), [-1]))
  const inner = centred ? sub(sub(dxhat, reduceMean(dxhat, [-1])), projection) : sub(dxhat, projection)
  return mul(inner, inverse)
}

// Outputs: Y, Mean, InvStdDev (the last two are what the gradient keeps).
export const LayerNormalization = defineOp<NormAttributes>({
  name: 'LayerNormalization',
  infer: (inputs) => {
    const [x, w, b] = [operand(inputs, 0), operand(inputs, 1), inputs[2]]
    checkScale(x, w)
    if (b) checkScale(x, b)
    const one = [...x.shape.slice(0, -1), 1]
    return [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: one },
      { dtype: x.dtype, shape: one },
    ]
  },
  gradient: ({ inputs: [x, w, b], outputs: [, mean, inverse], gradients: [g], needs }) => {
    if (g === undefined) throw new Error('LayerNormalization is differentiated through its first output only')
    const xhat = mul(sub(x!, mean!), inverse!)
    return [
      needs[0] ? normalizedGradient(mul(g, w!), xhat, inverse!, true) : undefined,
      needs[1] ? sumTo(mul(g, xhat), w!.shape) : undefined,
      b !== undefined && needs[2] ? sumTo(g, b.shape) : undefined,
    ]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, w, b], { epsilon }) => {
      const mean = tf.mean(x!, -1, true)
      const centred = tf.sub(x!, mean)
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon.float))
      const scaled = tf.mul(tf.mul(centred, inverse), w!)
      return [b === undefined ? scaled : tf.add(scaled, b), mean, inverse]
    },
  },
  samples: () => [
    {
      inputs: [wave([2, 3, 6], 1, 2), between(0.5, 1.5, [6], 2), wave([6], 3)],
      attributes: { axis: -1 as const, epsilon: { float: 1e-5 } },
    },
  ],
})

export const RMSNormalization = defineOp<NormAttributes>({
  name: 'RMSNormalization',
  infer: (inputs) => {
    const [x, w] = [operand(inputs, 0), operand(inputs, 1)]
    checkScale(x, w)
    return [{ dtype: x.dtype, shape: x.shape }]
  },
  gradient: ({ inputs: [x, w], attributes: { epsilon }, gradients: [g], needs }) => {
    const inverse = inverseSqrt(add(reduceMean(square(x!), [-1]), scalar(epsilon.float)))
    const xhat = mul(x!, inverse)
    return [
      needs[0] ? normalizedGradient(mul(g!, w!), xhat, inverse, false) : undefined,
      needs[1] ? sumTo(mul(g!, xhat), w!.shape) : undefined,
    ]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, w], { epsilon }) => {
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x!), -1, true), epsilon.float))
      return tf.mul(tf.mul(x!, inverse), w!)
    },
  },
  samples: () => [
    {
      inputs: [wave([2, 3, 6], 1, 2), between(0.5, 1.5, [6], 2)],
      attributes: { axis: -1 as const, epsilon: { float: 1e-6 } },
    },
  ],
})

// y = softmax x   ⇒   dx = y·(dy − Σ dy·y)
export const Softmax = defineOp<{ axis: number }>({
  name: 'Softmax',
  infer: (inputs, { axis }) => {
    axisOf(axis, operand(inputs, 0).shape.length)
    return [operand(inputs, 0)]
  },
  gradient: ({ outputs: [y], attributes: { axis }, gradients: [g] }) => {
    const weighted = mul(g!, y!)
    return [sub(weighted, mul(y!, reduceSum(weighted, [axis])))]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { axis }) => {
      const a = axisOf(axis, x!.rank)
      if (a === x!.rank - 1) return tf.softmax(x!)
      const powers = tf.exp(tf.sub(x!, tf.max(x!, a, true)))
      return tf.div(powers, tf.sum(powers, a, true))
    },
  },
  samples: () => [{ inputs: [wave([2, 3, 5], 1, 2)], attributes: { axis: -1 } }],
})

export const layerNormalization = (
  x: Value,
  weight: Value,
  bias: Value | undefined,
  epsilon: number,
): Value =>
  apply(LayerNormalization, bias ? [x, weight, bias] : [x, weight], {
    axis: -1,
    epsilon: { float: epsilon },
  })[0]!
export const rmsNormalization = (x: Value, weight: Value, epsilon: number): Value =>
  apply(RMSNormalization, [x, weight], { axis: -1, epsilon: { float: epsilon } })[0]!
export const softmax = (x: Value, axis = -1): Value => apply(Softmax, [x], { axis })[0]!
