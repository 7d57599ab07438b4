/** Deterministic operands for the registry's test: smooth values away from the kinks of the functions tested. */
import { byteLength, float32, type HostTensor, int32, sizeOf } from '../graph/host-tensor.ts'

/** Values in ±`scale`, distinct and irregular; `seed` varies them. */
export function wave(shape: readonly number[], seed = 1, scale = 1, offset = 0): HostTensor {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => offset + scale * Math.sin((i + 1) * (1.3 + 0.37 * seed) + seed),
  )
  return float32(shape, data)
}

/** Values in [low, high]. */
export function between(low: number, high: number, shape: readonly number[], seed = 1): HostTensor {
  return wave(shape, seed, (high - low) / 2, (high + low) / 2)
}

/** Integers below `limit`, repeating. */
export function indices(shape: readonly number[], limit: number, step = 3): HostTensor {
  return int32(
    shape,
    Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * step + 1) % limit),
  )
}

export function ints(values: readonly number[]): HostTensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) }
}

export function booleans(shape: readonly number[]): HostTensor {
  return {
    dtype: 'bool',
    shape,
    data: Uint8Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0)),
  }
}

/** 16-bit floats of both signs: bit patterns of normal numbers. */
export function halves(dtype: 'float16' | 'bfloat16', shape: readonly number[]): HostTensor {
  const one = dtype === 'float16' ? 0x3c00 : 0x3f80
  const pattern = (i: number) => one + 37 * i + (i % 2 === 0 ? 0 : 0x8000)
  return { dtype, shape, data: Uint16Array.from({ length: sizeOf(shape) }, (_, i) => pattern(i)) }
}

/** Bytes of all sizes, read as the given type. */
export function packed(dtype: 'uint8' | 'uint4', shape: readonly number[]): HostTensor {
  const length = byteLength({ dtype, shape })
  return { dtype, shape, data: Uint8Array.from({ length }, (_, i) => (i * 89 + 7) % 256) }
}
