/** Cast between element types and Identity, which here marks a value whose gradient is cut on purpose. */
import type { DType } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { apply, type Value } from '../graph/value.ts'
import { booleans, indices, wave } from './samples.ts'
import { operand } from './shapes.ts'

/** ONNX TensorProto.DataType numbers. */
export const onnxTypes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }

const byNumber = new Map(Object.entries(onnxTypes).map(([name, n]) => [n, name as DType]))

export const Cast = defineOp<{ to: number }>({
  name: 'Cast',
  infer: (inputs, { to }) => {
    const dtype = byNumber.get(to)
    if (dtype === undefined) throw new Error(`element type ${to} is not used here`)
    return [{ dtype, shape: operand(inputs, 0).shape }]
  },
  // Only integers and truth values are cast: there is nothing to differentiate.
  gradient: 'none',
  lowering: { onnx: 'native' },
  samples: () => [
    { inputs: [booleans([2, 3])], attributes: { to: onnxTypes.float32 } },
    { inputs: [indices([5], 4)], attributes: { to: onnxTypes.int64 } },
  ],
})

export const Identity = defineOp({
  name: 'Identity',
  infer: (inputs) => [operand(inputs, 0)],
  gradient: 'none',
  lowering: { onnx: 'native' },
  samples: () => [{ inputs: [wave([4])], attributes: {} }],
})

export const cast = (x: Value, to: DType): Value =>
  x.dtype === to ? x : apply(Cast, [x], { to: onnxTypes[to] })[0]!
/** x, but no gradient flows back through it (PyTorch's `detach`). */
export const stopGradient = (x: Value): Value => apply(Identity, [x], {})[0]!
