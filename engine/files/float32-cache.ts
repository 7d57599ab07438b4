/** Keeps float32 copies of 16-bit models on disk, because a runtime can only map a file whose bytes it computes with. */

import { StudioError } from '../errors.ts'
import { loadWeight, type ModelFolder, measure, type WeightLocation } from './model-folder.ts'
import { isFloating, type SafetensorsDtype } from './safetensors.ts'
import { type ConversionProgress, ensureCopies, type WeightCopy } from './weight-copies.ts'

/**
 * The folder with every floating-point weight in float32 at an offset that is a multiple of 4, ready to be mapped.
 * Weights that already are stay where they are; the others are converted once, see `ensureCopies`.
 * Throws StudioError as that does, and 'unsupported' (float8 and smaller).
 */
export async function ensureFloat32(
  folder: ModelFolder,
  cacheDir: string,
  onProgress?: ConversionProgress,
  signal?: AbortSignal,
): Promise<ModelFolder> {
  const pending = [...folder.weights.values()].filter(
    (weight) => isFloating(weight.dtype) && !isMappable(weight),
  )
  if (pending.length === 0) return folder
  refuseUnmappable(folder)
  const copies = new Map(pending.map(({ name }) => [name, float32Copy(folder, name)]))
  const options = { title: 'float32', variant: '', onProgress, signal }
  const { name: fileName, file } = await ensureCopies(folder, copies, cacheDir, options)
  const { path, tensors } = file
  const converted = [...tensors].map(([name, entry]): [string, WeightLocation] => [
    name,
    { path, name, ...entry },
  ])
  const weights = new Map([...folder.weights, ...converted])
  return { ...folder, files: [...folder.files, { name: fileName, file }], weights, ...measure(weights) }
}

/** A weight of the folder in float32. */
export function float32Copy(folder: ModelFolder, name: string): WeightCopy {
  return {
    dtype: 'F32',
    shape: folder.weights.get(name)!.shape,
    make: async () => (await loadWeight(folder, name)).data,
  }
}

/** Whether a weight can be mapped as float32 where it lies. */
export function isMappable({ dtype, offset }: WeightLocation): boolean {
  return dtype === 'F32' && offset % 4 === 0
}

const CONVERTIBLE: ReadonlySet<SafetensorsDtype> = new Set(['F64', 'F32', 'F16', 'BF16'])

/** Throws StudioError 'unsupported' where a weight is stored in a type (float8 and smaller) that cannot be converted. */
export function refuseUnmappable({ dir, weights }: ModelFolder): void {
  for (const [name, { dtype }] of weights) {
    if (!isFloating(dtype) || CONVERTIBLE.has(dtype)) continue
    throw new StudioError(
      'unsupported',
      `Cannot use ${dir}: its tensor ${JSON.stringify(name)} is stored as ${dtype}, which has no meaning without its scales.`,
      'Download the original model in float32, float16 or bfloat16.',
    )
  }
}
