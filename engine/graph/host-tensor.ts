/** Tensors in ordinary memory: what files hold, what a runtime is fed with and what it gives back. */

/** ONNX element types the engine computes with, and those in which frozen weights are stored. */
export type DType = 'float32' | 'int32' | 'int64' | 'bool' | StoredType

/** Element types that are only read: a node turns them into float32 where they are used. */
export type StoredType = 'float16' | 'bfloat16' | 'uint8' | 'uint4'

export interface HostArrays {
  float32: Float32Array
  int32: Int32Array
  int64: BigInt64Array
  bool: Uint8Array
  /** Bit patterns. */
  float16: Uint16Array
  bfloat16: Uint16Array
  uint8: Uint8Array
  /** Two to a byte, the first in its low half. */
  uint4: Uint8Array
}

/** A row-major tensor; `shape: []` is a scalar of one element. */
export interface HostTensor<D extends DType = DType> {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: HostArrays[D]
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

const BITS: Readonly<Record<DType, number>> = {
  float32: 32,
  int32: 32,
  int64: 64,
  bool: 8,
  float16: 16,
  bfloat16: 16,
  uint8: 8,
  uint4: 4,
}

/** Bytes of a tensor of this type and shape, without padding. */
export function byteLength({ dtype, shape }: { dtype: DType; shape: readonly number[] }): number {
  return Math.ceil((sizeOf(shape) * BITS[dtype]) / 8)
}

/** A float32 tensor over `data` (not copied). */
export function float32(shape: readonly number[], data: Float32Array): HostTensor<'float32'> {
  return { dtype: 'float32', shape, data }
}

/** An int32 tensor over `data` (not copied). */
export function int32(shape: readonly number[], data: Int32Array): HostTensor<'int32'> {
  return { dtype: 'int32', shape, data }
}
