/** Matrix products: MatMul over batches and Gemm with transposed operands, a factor and an added matrix. */
import { defineOp } from '../graph/op.ts'
import { apply, type Value } from '../graph/value.ts'
import type { Tensor, Tensorflow } from '../runtimes/tensorflow/lowering.ts'
import { frozenProduct } from './frozen-product.ts'
import { transpose } from './layout.ts'
import { sumTo } from './reduce.ts'
import { wave } from './samples.ts'
import { broadcast, operand, type Shape } from './shapes.ts'

function swapLast(x: Value): Value {
  const axes = x.shape.map((_, i) => i)
  const n = axes.length
  return transpose(x, [...axes.slice(0, n - 2), n - 1, n - 2])
}

/**
 * TensorFlow.js's own backends repeat a smaller batch as a whole: right where its axes are the last ones of the larger, so an
 * operand that is stretched otherwise is stretched before.
 */
function repeatable(tf: Tensorflow, x: Tensor, batch: Shape): Tensor {
  const own = x.shape.slice(0, -2)
  const from = own.findIndex((n) => n !== 1)
  const counted = from < 0 ? [] : own.slice(from)
  const asIs = counted.every((n, i) => n === batch[batch.length - counted.length + i])
  return asIs ? x : tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)])
}

/** a·b on TensorFlow, of operands whose last two axes may lie the other way round. @param shape of the result */
export function product(
  tf: Tensorflow,
  a: Tensor,
  b: Tensor,
  shape: Shape,
  transposeA = false,
  transposeB = false,
): Tensor {
  const batch = shape.slice(0, -2)
  return tf.matMul(repeatable(tf, a, batch), repeatable(tf, b, batch), transposeA, transposeB)
}

// y = a·b   ⇒   da = dy·bᵀ, db = aᵀ·dy
export const MatMul = defineOp({
  name: 'MatMul',
  infer: (inputs) => {
    const [a, b] = [operand(inputs, 0), operand(inputs, 1)]
    if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2))
      throw new Error(`cannot multiply [${a.shape}] by [${b.shape}]`)
    const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
    return [{ dtype: a.dtype, shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!] }]
  },
  gradient: ({ inputs: [a, b], gradients: [g], needs }) => [
    needs[0] ? sumTo(matmul(g!, swapLast(b!)), a!.shape) : undefined,
    needs[1] ? sumTo(matmul(swapLast(a!), g!), b!.shape) : undefined,
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [a, b], _, node) => product(tf, a!, b!, node.outputs[0]!.shape),
  },
  samples: () => [
    { inputs: [wave([3, 4]), wave([4, 2], 2)], attributes: {} },
    { inputs: [wave([2, 3, 4]), wave([2, 4, 5], 2)], attributes: {} },
    { inputs: [wave([2, 3, 3, 4]), wave([3, 4, 2], 2)], attributes: {} },
  ],
})

export type GemmAttributes = {
  transA: 0 | 1
  transB: 0 | 1
  alpha: { float: number }
  beta: { float: number }
}

const gemmAttributes = (transA: 0 | 1, transB: 0 | 1, alpha = 1): GemmAttributes => ({
  transA,
  transB,
  alpha: { float: alpha },
  beta: { float: 1 },
})

// y = α·A·B + c with A = aᵀ or a, B = bᵀ or b.
//   dA = α·dy·Bᵀ, dB = α·Aᵀ·dy, each transposed back where the operand was; dc = dy summed to c's shape
export const Gemm = defineOp<GemmAttributes>({
  name: 'Gemm',
  infer: (inputs, { transA, transB }) => {
    const [a, b, c] = [operand(inputs, 0), operand(inputs, 1), inputs[2]]
    if (a.shape.length !== 2 || b.shape.length !== 2) throw new Error('Gemm needs two matrices')
    const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!]
    const [l, n] = transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!]
    if (k !== l) throw new Error(`cannot multiply [${m},${k}] by [${l},${n}]`)
    if (c !== undefined && broadcast(c.shape, [m, n]).join() !== [m, n].join())
      throw new Error(`[${c.shape}] cannot be added to [${m},${n}]`)
    return [{ dtype: a.dtype, shape: [m, n] }]
  },
  gradient: ({ inputs: [a, b, c], attributes: { transA, transB, alpha }, gradients: [g], needs }) => [
    needs[0]
      ? transA
        ? gemm(b!, g!, { transA: transB, transB: 1, alpha: alpha.float })
        : gemm(g!, b!, { transB: transB ? 0 : 1, alpha: alpha.float })
      : undefined,
    needs[1]
      ? transB
        ? gemm(g!, a!, { transA: 1, transB: transA, alpha: alpha.float })
        : gemm(a!, g!, { transA: transA ? 0 : 1, alpha: alpha.float })
      : undefined,
    c !== undefined && needs[2] ? sumTo(g!, c.shape) : undefined,
  ],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [a, b, c], { transA, transB, alpha, beta }) => {
      const product = tf.matMul(a!, b!, transA === 1, transB === 1)
      const scaled = alpha.float === 1 ? product : tf.mul(product, alpha.float)
      if (c === undefined) return scaled
      return tf.add(scaled, beta.float === 1 ? c : tf.mul(c, beta.float))
    },
  },
  samples: () =>
    ([0, 1] as const).flatMap((transA) =>
      ([0, 1] as const).map((transB) => ({
        inputs: [
          wave(transA ? [4, 3] : [3, 4]),
          wave(transB ? [5, 4] : [4, 5], 2),
          transA ? wave([3, 5], 3) : transB ? wave([5], 3) : undefined,
        ],
        attributes: gemmAttributes(transA, transB, transA ? 1 : 0.5),
      })),
    ),
})

/** Product over the last two axes, batches broadcast. */
export const matmul = (a: Value, b: Value): Value => apply(MatMul, [a, b], {})[0]!

export interface GemmOptions {
  transA?: 0 | 1
  transB?: 0 | 1
  alpha?: number
  /** Added to the product; broadcast to [m, n]. */
  c?: Value | undefined
}

/** α·A·B + c for matrices; a frozen B that is stored in fewer bits is read in its own form where that is better. */
export function gemm(a: Value, b: Value, { transA = 0, transB = 0, alpha = 1, c }: GemmOptions = {}): Value {
  const frozen = transA === 0 && alpha === 1 ? frozenProduct(a, b, transB === 1, c) : undefined
  return (
    frozen ?? apply(Gemm, c === undefined ? [a, b] : [a, b, c], gemmAttributes(transA, transB, alpha))[0]!
  )
}
