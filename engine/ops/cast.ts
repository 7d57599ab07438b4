/** Cast between element types and Identity, which here marks a value whose gradient is cut on purpose. */
import type { DType } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { apply, type Value } from '../graph/value.ts'
import { booleans, halves, indices, wave } from './samples.ts'
import { operand } from './shapes.ts'
import { tensorflowType } from './tensorflow.ts'

/** ONNX TensorProto.DataType numbers. */
export const onnxTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
  uint4: 21,
}

const byNumber = new Map(Object.entries(onnxTypes).map(([name, n]) => [n, name as DType]))

export const Cast = defineOp<{ to: number }>({
  name: 'Cast',
  infer: (inputs, { to }) => {
    const dtype = byNumber.get(to)
    if (dtype === undefined) throw new Error(`element type ${to} is not used here`)
    return [{ dtype, shape: operand(inputs, 0).shape }]
  },
  // Only integers, truth values and frozen 16-bit weights are cast: there is nothing to differentiate.
  gradient: 'none',
  lowering: {
    onnx: 'native',
    tensorflow: (tf, [x], { to }) => {
      const type = tensorflowType(byNumber.get(to)!)
      // Its own cast to truth values takes 0.5 for false on WebAssembly.
      return type === 'bool' && x!.dtype !== 'bool' ? tf.notEqual(x!, 0) : tf.cast(x!, type)
    },
  },
  samples: () => [
    { inputs: [booleans([2, 3])], attributes: { to: onnxTypes.float32 } },
    { inputs: [indices([5], 4)], attributes: { to: onnxTypes.int64 } },
    { inputs: [halves('float16', [2, 3])], attributes: { to: onnxTypes.float32 } },
    { inputs: [halves('bfloat16', [2, 3])], attributes: { to: onnxTypes.float32 } },
  ],
})

export const Identity = defineOp({
  name: 'Identity',
  infer: (inputs) => [operand(inputs, 0)],
  gradient: 'none',
  lowering: { onnx: 'native', tensorflow: (_, [x]) => x! },
  samples: () => [{ inputs: [wave([4])], attributes: {} }],
})

export const cast = (x: Value, to: DType): Value =>
  x.dtype === to ? x : apply(Cast, [x], { to: onnxTypes[to] })[0]!
/** x, but no gradient flows back through it (PyTorch's `detach`). */
export const stopGradient = (x: Value): Value => apply(Identity, [x], {})[0]!
