/** RotaryEmbedding: rotates the halves of each head by an angle per position. */
import { defineOp, type Op } from '../graph/op.ts'
import { apply, type Value } from '../graph/value.ts'
import type { Tensor } from '../runtimes/tensorflow/lowering.ts'
import { neg } from './arithmetic.ts'
import { wave } from './samples.ts'
import { operand } from './shapes.ts'

type RotaryAttributes = { interleaved: 0 | 1; rotary_embedding_dim: number }

// A rotation's transpose is the rotation by the opposite angle: dx = rotate(dy, cos, −sin).
export const RotaryEmbedding: Op<RotaryAttributes> = defineOp({
  name: 'RotaryEmbedding',
  infer: (inputs, { rotary_embedding_dim: width }) => {
    const [x, cos, sin] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)]
    if (x.shape.length !== 4) throw new Error('RotaryEmbedding is used on [batch, heads, length, head size]')
    const table = [x.shape[0], x.shape[2], (width === 0 ? x.shape[3]! : width) / 2].join()
    if (cos.shape.join() !== table || sin.shape.join() !== table)
      throw new Error(`angles [${cos.shape}] do not fit [${x.shape}]`)
    return [x]
  },
  gradient: ({ inputs: [, cos, sin], attributes, gradients: [g], needs }) => [
    needs[0] ? apply(RotaryEmbedding, [g!, cos!, neg(sin!)], attributes)[0] : undefined,
  ],
  fixedInputs: [1, 2],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x, cos, sin], { interleaved }) => {
      const [batch, heads, length, size] = x!.shape as [number, number, number, number]
      const half = cos!.shape[2]!
      const [c, s] = [tf.expandDims(cos!, 1), tf.expandDims(sin!, 1)]
      const rotated = tf.slice(x!, [0, 0, 0, 0], [batch, heads, length, 2 * half])
      // Pairs lie side by side when interleaved, half a head apart otherwise.
      const pairs = interleaved ? [half, 2] : [2, half]
      const [a, b] = tf.unstack(
        tf.reshape(rotated, [batch, heads, length, ...pairs]),
        interleaved ? 4 : 3,
      ) as [Tensor, Tensor]
      const turned = [tf.sub(tf.mul(a, c), tf.mul(b, s)), tf.add(tf.mul(b, c), tf.mul(a, s))]
      const joined = interleaved ? tf.reshape(tf.stack(turned, 4), rotated.shape) : tf.concat(turned, 3)
      if (2 * half === size) return joined
      return tf.concat(
        [joined, tf.slice(x!, [0, 0, 0, 2 * half], [batch, heads, length, size - 2 * half])],
        3,
      )
    },
  },
  samples: () => [
    {
      inputs: [wave([2, 3, 4, 6]), wave([2, 4, 3], 2), wave([2, 4, 3], 3)],
      attributes: { interleaved: 0 as const, rotary_embedding_dim: 0 },
    },
  ],
})

/**
 * @param x   [batch, heads, length, head size]
 * @param cos [batch, length, rotated/2]
 * @param sin as cos
 * @param rotated how many leading elements of a head are rotated; 0 = all
 */
export const rotaryEmbedding = (x: Value, cos: Value, sin: Value, rotated = 0): Value =>
  apply(RotaryEmbedding, [x, cos, sin], { interleaved: 0, rotary_embedding_dim: rotated })[0]!
