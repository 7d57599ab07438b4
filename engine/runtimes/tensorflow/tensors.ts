/** Between tensors in ordinary memory and those of TensorFlow.js. */
import { bfloat16ToFloat32, float16ToFloat32 } from '../../files/half.ts'
import { type DType, type HostTensor, sizeOf } from '../../graph/host-tensor.ts'
import type { TensorType } from '../../graph/value.ts'
import { tensorflowType } from '../../ops/tensorflow.ts'
import type { Tensor, Tensorflow } from './lowering.ts'

type Values = Float32Array | Int32Array | Uint8Array

/** A tensor over the same memory where the element type stands for itself; others become float32 or int32. */
export function toTensor(tf: Tensorflow, { dtype, shape, data }: HostTensor): Tensor {
  return tf.tensor(valuesOf(dtype, data, sizeOf(shape)), [...shape], tensorflowType(dtype))
}

const valueReaders: Readonly<Record<DType, (data: never, size: number) => Values>> = {
  float32: (data: Float32Array) => data,
  int32: (data: Int32Array) => data,
  bool: (data: Uint8Array) => data,
  int64: (data: BigInt64Array) => Int32Array.from(data, Number),
  uint8: (data: Uint8Array) => Int32Array.from(data),
  // Two to a byte, the first in its low half.
  uint4: (data: Uint8Array, size) =>
    Int32Array.from({ length: size }, (_, i) => (data[i >> 1]! >> (4 * (i & 1))) & 15),
  float16: (data: Uint16Array, size) => float16ToFloat32(data, new Float32Array(size)),
  bfloat16: (data: Uint16Array, size) => bfloat16ToFloat32(data, new Float32Array(size)),
}

function valuesOf(dtype: DType, data: HostTensor['data'], size: number): Values {
  return valueReaders[dtype](data as never, size)
}

/** A copy in ordinary memory, of the type that the graph gives it. */
export async function fromTensor(tensor: Tensor, { dtype, shape }: TensorType): Promise<HostTensor> {
  const values = await tensor.data()
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(values as Int32Array, BigInt) }
  // A cast may have left the array as it was; the constructor copies.
  const array = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[tensorflowType(dtype)]
  return { dtype, shape, data: new array(values) } as HostTensor
}
