/** The smallest model: gives back one tensor of any shape. */
import onnxProto from 'onnx-proto'
import type { DType } from '../../graph/host-tensor.ts'
import { onnxTypes } from '../../ops/cast.ts'
import { IR_VERSION, OPSET } from './versions.ts'

const { onnx } = onnxProto

/** Input `x`, output `y`. */
export function encodeIdentity(dtype: DType): Uint8Array {
  const value = (name: string) => ({ name, type: { tensorType: { elemType: onnxTypes[dtype] } } })
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'transfer',
      node: [onnx.NodeProto.create({ opType: 'Identity', input: ['x'], output: ['y'] })],
      input: [value('x')],
      output: [value('y')],
    },
  })
  return onnx.ModelProto.encode(model).finish()
}
