/** Operators that move elements without computing: Reshape, Transpose, Expand, Concat, Slice. */
import { sizeOf } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { apply, constant, int64, type Node, nodeOf, scalar, type Value } from '../graph/value.ts'
import { sumTo } from './reduce.ts'
import { ints, wave } from './samples.ts'
import { axisOf, broadcast, constantInts, operand, type Shape, sameShape } from './shapes.ts'

export const Reshape = defineOp({
  name: 'Reshape',
  infer: (inputs) => {
    const x = operand(inputs, 0)
    const shape = constantInts(inputs[1])
    if (sizeOf(shape) !== sizeOf(x.shape)) throw new Error(`cannot reshape [${x.shape}] to [${shape}]`)
    return [{ dtype: x.dtype, shape }]
  },
  gradient: ({ inputs: [x], gradients: [g] }) => [reshape(g!, x!.shape)],
  lowering: { onnx: 'native', tensorflow: (tf, [x], _, node) => tf.reshape(x!, [...node.outputs[0]!.shape]) },
  samples: () => [{ inputs: [wave([2, 6]), ints([3, 4])], attributes: {} }],
})

export const Transpose = defineOp<{ perm: readonly number[] }>({
  name: 'Transpose',
  infer: (inputs, { perm }) => {
    const x = operand(inputs, 0)
    if (perm.length !== x.shape.length || new Set(perm).size !== perm.length)
      throw new Error(`[${perm}] is no permutation of the axes of [${x.shape}]`)
    return [{ dtype: x.dtype, shape: perm.map((p) => x.shape[axisOf(p, perm.length)]!) }]
  },
  gradient: ({ attributes: { perm }, gradients: [g] }) => [
    transpose(
      g!,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ],
  lowering: { onnx: 'native', tensorflow: (tf, [x], { perm }) => tf.transpose(x!, [...perm]) },
  samples: () => [{ inputs: [wave([2, 3, 4])], attributes: { perm: [2, 0, 1] } }],
})

export const Expand = defineOp({
  name: 'Expand',
  infer: (inputs) => {
    const x = operand(inputs, 0)
    return [{ dtype: x.dtype, shape: broadcast(x.shape, constantInts(inputs[1])) }]
  },
  gradient: ({ inputs: [x], gradients: [g] }) => [sumTo(g!, x!.shape)],
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], _, node) => {
      const [from, { shape, dtype }] = [node.inputs[0]!.source, node.outputs[0]!]
      return from.kind === 'constant' && x!.size === 1 && dtype === 'float32'
        ? tf.fill([...shape], Number(from.tensor.data[0]))
        : tf.broadcastTo(x!, [...shape])
    },
  },
  samples: () => [{ inputs: [wave([3, 1]), ints([2, 3, 4])], attributes: {} }],
})

export const Concat = defineOp<{ axis: number }>({
  name: 'Concat',
  infer: (inputs, { axis }) => {
    const first = operand(inputs, 0)
    const at = axisOf(axis, first.shape.length)
    const parts = inputs.map((_, i) => operand(inputs, i))
    for (const part of parts)
      if (
        part.shape.length !== first.shape.length ||
        part.shape.some((n, i) => i !== at && n !== first.shape[i])
      )
        throw new Error(`cannot join [${first.shape}] and [${part.shape}] along axis ${axis}`)
    const total = parts.reduce((sum, p) => sum + p.shape[at]!, 0)
    return [{ dtype: first.dtype, shape: first.shape.map((n, i) => (i === at ? total : n)) }]
  },
  gradient: ({ inputs, attributes: { axis }, gradients: [g], needs }) => {
    let start = 0
    return inputs.map((part, i) => {
      const at = axisOf(axis, part.shape.length)
      const from = start
      start += part.shape[at]!
      return needs[i] ? slice(g!, at, from, start) : undefined
    })
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, parts, { axis }) => tf.concat([...parts], axisOf(axis, parts[0]!.rank)),
  },
  samples: () => [{ inputs: [wave([2, 3]), wave([2, 1], 2), wave([2, 2], 3)], attributes: { axis: 1 } }],
})

// Inputs: data, starts, ends, axes (steps are not used); the gradient is padded with zeros.
export const Slice = defineOp({
  name: 'Slice',
  infer: (inputs) => {
    const x = operand(inputs, 0)
    const [starts, ends, axes] = [constantInts(inputs[1]), constantInts(inputs[2]), constantInts(inputs[3])]
    const shape = [...x.shape]
    axes.forEach((a, i) => {
      const axis = axisOf(a, shape.length)
      const [from, to] = [starts[i]!, ends[i]!]
      if (from < 0 || to <= from || to > shape[axis]!)
        throw new Error(`slice ${from}…${to} lies outside axis ${axis} of [${x.shape}]`)
      shape[axis] = to - from
    })
    return [{ dtype: x.dtype, shape }]
  },
  gradient: ({ inputs: [x, starts, ends, axes], gradients: [g] }) => {
    const [from, to, at] = [constantInts(starts), constantInts(ends), constantInts(axes)]
    let padded = g!
    at.forEach((a, i) => {
      const axis = axisOf(a, x!.shape.length)
      const zeros = (n: number) => zerosOf(padded.shape.map((m, j) => (j === axis ? n : m)))
      const parts = [
        ...(from[i]! > 0 ? [zeros(from[i]!)] : []),
        padded,
        ...(to[i]! < x!.shape[axis]! ? [zeros(x!.shape[axis]! - to[i]!)] : []),
      ]
      padded = concat(parts, axis)
    })
    return [padded]
  },
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], _, node) => {
      const [starts, axes] = [constantInts(node.inputs[1]), constantInts(node.inputs[3])]
      const begin = x!.shape.map(() => 0)
      axes.forEach((axis, i) => {
        begin[axisOf(axis, begin.length)] = starts[i]!
      })
      return tf.slice(x!, begin, [...node.outputs[0]!.shape])
    },
  },
  samples: () => [{ inputs: [wave([4, 5]), ints([1, 0]), ints([3, 4]), ints([0, 1])], attributes: {} }],
})

// Inputs: data, sizes of the parts; one output per part.
export const Split = defineOp<{ axis: number }>({
  name: 'Split',
  infer: (inputs, { axis }) => {
    const x = operand(inputs, 0)
    const at = axisOf(axis, x.shape.length)
    const sizes = constantInts(inputs[1])
    if (sizes.reduce((a, b) => a + b, 0) !== x.shape[at])
      throw new Error(`[${x.shape}] cannot be split into [${sizes}]`)
    return sizes.map((n) => ({ dtype: x.dtype, shape: x.shape.map((m, i) => (i === at ? n : m)) }))
  },
  gradient: ({ outputs, attributes: { axis }, gradients }) => [
    concat(
      outputs.map((part, i) => gradients[i] ?? zerosOf(part.shape)),
      axis,
    ),
  ],
  lowering: {
    onnx: { form: 'native', composed: { webgpu: splitInGroups } },
    tensorflow: (tf, [x], { axis }, node) =>
      tf.split(x!, constantInts(node.inputs[1]), axisOf(axis, x!.rank)),
  },
  samples: () => [
    { inputs: [wave([2, 5]), ints([2, 3])], attributes: { axis: 1 } },
    { inputs: [wave([22, 3]), ints([1, 2, 1, 1, 3, 1, 1, 4, 1, 1, 1, 2, 1, 1, 1])], attributes: { axis: 0 } },
  ],
})

/** A kernel may write this many tensors on every graphics card: WebGPU promises eight buffers, and one is read. */
const MOST_PARTS = 7

/** Split in several, each of few parts. */
function splitInGroups({ inputs: [x, sizes], attributes, outputs }: Node): Value[] | undefined {
  if (outputs.length <= MOST_PARTS) return undefined
  const { axis } = attributes as { axis: number }
  const left = constantInts(sizes)
  const parts: Value[] = []
  for (let from = 0; parts.length < outputs.length; ) {
    const group = left.slice(parts.length, parts.length + MOST_PARTS)
    const to = from + group.reduce((sum, n) => sum + n, 0)
    const range = slice(x!, axis, from, to)
    parts.push(...(group.length === 1 ? [range] : split(range, axis, group)))
    from = to
  }
  return parts
}

/** x with another shape of the same size; x itself when it has that shape. */
export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(Reshape, [x, int64(shape)], {})[0]!
export const transpose = (x: Value, perm: readonly number[]): Value =>
  perm.every((p, i) => p === i) ? x : apply(Transpose, [x], { perm })[0]!
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(Expand, [x, int64(shape)], {})[0]!
export const concat = (parts: readonly Value[], axis: number): Value =>
  parts.length === 1 ? parts[0]! : apply(Concat, parts, { axis })[0]!
/** Elements `from` to `to` (not included) along `axis`. */
export const slice = (x: Value, axis: number, from: number, to: number): Value =>
  from === 0 && to === x.shape[axisOf(axis, x.shape.length)]
    ? x
    : apply(Slice, [x, int64([from]), int64([to]), int64([axis])], {})[0]!
/** Consecutive parts of the given sizes along `axis`. */
export const split = (x: Value, axis: number, sizes: readonly number[]): readonly Value[] =>
  apply(Split, [x, int64(sizes)], { axis })
/** float32 zeros, made at run time so that they take no room in the graph. */
export const zerosOf = (shape: Shape): Value => apply(Expand, [scalar(0), int64(shape)], {})[0]!
/** Whether a value is what `zerosOf` makes. */
export function isZeros(value: Value): boolean {
  const node = nodeOf(value)
  const source = node?.op.name === 'Expand' ? node.inputs[0]?.source : undefined
  return source?.kind === 'constant' && source.tensor.data.length === 1 && source.tensor.data[0] === 0
}
/** A float32 constant filled with x. */
export const filled = (shape: Shape, x: number): Value =>
  constant({ dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(x) })
