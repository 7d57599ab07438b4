/** Tensors in ordinary memory: what files hold, what a runtime is fed with and what it gives back. */

/** ONNX element types the engine computes with. */
export type DType = 'float32' | 'int32' | 'int64' | 'bool'

export interface HostArrays {
  float32: Float32Array
  int32: Int32Array
  int64: BigInt64Array
  bool: Uint8Array
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

/** A float32 tensor over `data` (not copied). */
export function float32(shape: readonly number[], data: Float32Array): HostTensor<'float32'> {
  return { dtype: 'float32', shape, data }
}

/** An int32 tensor over `data` (not copied). */
export function int32(shape: readonly number[], data: Int32Array): HostTensor<'int32'> {
  return { dtype: 'int32', shape, data }
}
