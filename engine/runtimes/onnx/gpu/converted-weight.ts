/** Reads a weight whose stored type the device does not have, in the one that it has. */
import { open } from 'node:fs/promises'
import { StudioError } from '../../../errors.ts'
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from '../../../files/half.ts'
import { float32, type HostTensor } from '../../../graph/host-tensor.ts'
import type { FedWeight } from './fed-weights.ts'

/**
 * A 16-bit weight as float32, which is exact, or bfloat16 as float16, which is exact between 6·10⁻⁵ and 65504.
 * @throws StudioError `unsupported` where a number is too large for float16
 */
export async function convertedWeight({ leaf, dtype }: FedWeight): Promise<HostTensor> {
  const { name, region } = leaf.source
  const stored = new Uint16Array(region.bytes / 2)
  const file = await open(region.path)
  try {
    await file.read(new Uint8Array(stored.buffer), 0, region.bytes, region.offset)
  } finally {
    await file.close()
  }
  const values = leaf.dtype === 'float16' ? float16ToFloat32(stored) : bfloat16ToFloat32(stored)
  if (dtype === 'float32') return float32(leaf.shape, values)
  const halves = float32ToFloat16(values)
  if (values.some((x, i) => Number.isFinite(x) && (halves[i]! & 0x7fff) === 0x7c00))
    throw new StudioError(
      'unsupported',
      `${name} holds numbers that are too large for the 16-bit floats of graphics cards.`,
      'Keep the base model in float32 on this device, or choose another device.',
    )
  return { dtype: 'float16', shape: leaf.shape, data: halves }
}
