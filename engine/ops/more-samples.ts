/** Calls whose meaning ONNX defines in corners that training rarely meets: negative indices, other axes, whole numbers. */
import type { HostTensor } from '../graph/host-tensor.ts'
import type { Sample } from '../graph/op.ts'
import { onnxTypes } from './cast.ts'
import { booleans, ints, wave } from './samples.ts'

const whole = (shape: readonly number[], ...values: number[]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(values),
})
const rows = (...values: bigint[]): HostTensor => ({
  dtype: 'int64',
  shape: [values.length, 1],
  data: BigInt64Array.from(values),
})
const float = (shape: readonly number[], ...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})

/** By operator, beside the samples of its entry. */
export const moreSamples: Readonly<Record<string, readonly Sample[]>> = {
  Gather: [
    { inputs: [wave([5, 3]), whole([3], -1, 0, -5)], attributes: { axis: 0 } },
    { inputs: [whole([4], 7, 8, 9, 10), whole([2, 2], -1, 1, 2, -4)], attributes: { axis: 0 } },
  ],
  GatherElements: [
    { inputs: [wave([3, 5]), whole([3, 2], -1, 0, 4, -5, 2, 2)], attributes: { axis: 1 } },
    { inputs: [wave([2, 3, 2]), whole([2, 1, 2], 2, 0, 1, -1)], attributes: { axis: 1 } },
    { inputs: [wave([4, 2]), whole([2, 2], 3, 0, -4, 1)], attributes: { axis: -2 } },
  ],
  ScatterElements: [
    {
      inputs: [wave([3, 4]), whole([3, 3], 1, 1, 1, -1, 0, 3, 2, 2, -2), wave([3, 3], 2)],
      attributes: { axis: 1, reduction: 'add' },
    },
    {
      inputs: [wave([4, 2]), whole([2, 2], 3, 0, 3, -4), wave([2, 2], 2)],
      attributes: { axis: 0, reduction: 'add' },
    },
  ],
  ScatterND: [
    { inputs: [wave([5, 2]), rows(-1n, 4n, 0n), wave([3, 2], 2)], attributes: { reduction: 'add' } },
    { inputs: [wave([5, 2, 2]), rows(-2n, 0n), wave([2, 2, 2], 2)], attributes: { reduction: 'none' } },
  ],
  Div: [{ inputs: [whole([6], 7, -7, 7, -7, 0, 8), whole([6], 2, 2, -2, -2, 3, 4)], attributes: {} }],
  Add: [{ inputs: [whole([2, 2], 1, -2, 3, 4), whole([2], 10, 20)], attributes: {} }],
  Cast: [
    { inputs: [float([5], 1.9, -1.9, 0, 0.4, -0.4)], attributes: { to: onnxTypes.int32 } },
    { inputs: [float([4], 0, 0.5, -2, -0)], attributes: { to: onnxTypes.bool } },
    { inputs: [whole([3], -1, 0, 5)], attributes: { to: onnxTypes.float32 } },
    { inputs: [booleans([4])], attributes: { to: onnxTypes.int32 } },
  ],
  Equal: [{ inputs: [float([3], 1, Number.NaN, 0), float([3], 1, Number.NaN, -0)], attributes: {} }],
  Where: [
    {
      inputs: [booleans([2, 1]), whole([3], 1, 2, 3), whole([2, 3], -1, -2, -3, -4, -5, -6)],
      attributes: {},
    },
    { inputs: [booleans([4]), float([], 0), wave([3, 4])], attributes: {} },
    { inputs: [booleans([3]), float([3], -Infinity, 1, 2), float([], -Infinity)], attributes: {} },
  ],
  ReduceMax: [
    // Equal greatest elements: each gets the whole gradient.
    { inputs: [float([2, 3], 2, 2, 1, -1, -3, -1), ints([-1])], attributes: { keepdims: 1 } },
    { inputs: [whole([2, 3], 2, 5, 1, -1, -3, -1), ints([0])], attributes: { keepdims: 0 } },
  ],
  ReduceSum: [{ inputs: [whole([2, 3], 1, 2, 3, 4, 5, -6), ints([1])], attributes: { keepdims: 0 } }],
  Softmax: [
    { inputs: [wave([2, 3, 5], 1, 2)], attributes: { axis: 1 } },
    { inputs: [float([2, 3], -Infinity, 0, 1, 80, 79, -Infinity)], attributes: { axis: -1 } },
  ],
  Expand: [
    { inputs: [whole([1, 2], 3, 4), ints([3, 1])], attributes: {} },
    { inputs: [float([], 2.5), ints([2, 2])], attributes: {} },
  ],
  Concat: [
    { inputs: [whole([2], 1, 2), whole([1], 3)], attributes: { axis: 0 } },
    { inputs: [booleans([2, 1]), booleans([2, 2])], attributes: { axis: -1 } },
  ],
  Slice: [{ inputs: [wave([3, 4, 2]), ints([2]), ints([4]), ints([-2])], attributes: {} }],
  Split: [{ inputs: [wave([3, 2]), ints([1, 2])], attributes: { axis: 0 } }],
  Transpose: [{ inputs: [whole([2, 3], 1, 2, 3, 4, 5, 6)], attributes: { perm: [1, 0] } }],
  MatMul: [
    { inputs: [wave([2, 1, 3, 4]), wave([5, 4, 2], 2)], attributes: {} },
    { inputs: [wave([3, 4]), wave([2, 4, 2], 2)], attributes: {} },
  ],
  Gemm: [
    {
      inputs: [wave([3, 4]), wave([4, 2], 2), wave([1, 2], 3)],
      attributes: { transA: 0, transB: 0, alpha: { float: 1 }, beta: { float: 1 } },
    },
  ],
  LayerNormalization: [
    { inputs: [wave([4, 6], 1, 2), wave([6], 2)], attributes: { axis: -1, epsilon: { float: 1e-5 } } },
  ],
  RotaryEmbedding: [
    {
      inputs: [wave([2, 3, 4, 6]), wave([2, 4, 2], 2), wave([2, 4, 2], 3)],
      attributes: { interleaved: 0, rotary_embedding_dim: 4 },
    },
    {
      inputs: [wave([2, 3, 4, 6]), wave([2, 4, 3], 2), wave([2, 4, 3], 3)],
      attributes: { interleaved: 1, rotary_embedding_dim: 0 },
    },
  ],
}
