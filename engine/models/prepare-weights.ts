/** Brings every weight of a model into the form in which it is to be mapped: in place where it lies so, else in a copy. */

import { StudioError } from '../errors.ts'
import { float32Copy, isMappable, refuseUnmappable } from '../files/float32-cache.ts'
import { bfloat16ToFloat32, float32ToBfloat16 } from '../files/half.ts'
import { loadWeight, loadWeightRows, type ModelFolder, type WeightLocation } from '../files/model-folder.ts'
import { createQuantizer, dequantized, type Quantization } from '../files/quantize.ts'
import { type ConversionProgress, ensureCopies, type WeightCopy } from '../files/weight-copies.ts'
import { type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import { formBytes, rowsOfMatrix, type WeightChoice, type WeightForm } from './weight-forms.ts'

/** Where the bytes of a form begin. */
export type Place = Pick<WeightLocation, 'path' | 'offset'>

export interface PrepareOptions {
  readonly cacheDir: string
  readonly onProgress?: ConversionProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/** Part of the name of a copy's file: rises with the rules of rounding. */
const VERSION = 3

/**
 * @param forms the form of every weight that the model uses, by its name in the files
 * @returns the place of each
 * @throws StudioError as `ensureCopies`, 'unsupported' (float8), 'bad-data' (a number that is not finite)
 */
export async function prepareWeights(
  folder: ModelFolder,
  choice: Exclude<WeightChoice, 'float32'>,
  forms: ReadonlyMap<string, WeightForm>,
  { cacheDir, onProgress, signal }: PrepareOptions,
): Promise<ReadonlyMap<string, Place>> {
  refuseUnmappable(folder)
  const places = new Map<string, Place>()
  const copies = new Map<string, WeightCopy>()
  for (const [name, form] of forms) {
    const location = folder.weights.get(name)!
    if (liesReady(location, form)) places.set(name, location)
    else copies.set(name, copyOf(folder, name, form))
  }
  if (copies.size === 0) return places
  const options = { title: choice, variant: `${choice}-${VERSION}`, onProgress, signal }
  const { file } = await ensureCopies(folder, copies, cacheDir, options)
  for (const [name, { offset }] of file.tensors) places.set(name, { path: file.path, offset })
  return places
}

const STORED = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const

function liesReady(location: WeightLocation, form: WeightForm): boolean {
  if (form.kind === 'quantized') return false
  return form.dtype === 'float32'
    ? isMappable(location)
    : location.dtype === STORED[form.dtype] && location.offset % 2 === 0
}

function copyOf(folder: ModelFolder, name: string, form: WeightForm): WeightCopy {
  const { shape } = folder.weights.get(name)!
  if (form.kind === 'quantized')
    return { dtype: 'U8', shape: [formBytes(form, shape)], make: () => quantize(folder, name, form.how) }
  if (form.dtype === 'float32') return float32Copy(folder, name)
  const make = async () => float32ToBfloat16((await loadWeight(folder, name)).data as Float32Array)
  return { dtype: STORED[form.dtype], shape, make }
}

/** Numbers that are float32 in memory while a weight is quantised. */
const AT_A_TIME = 2 ** 22

async function quantize(folder: ModelFolder, name: string, how: Quantization): Promise<Uint8Array> {
  const { shape } = folder.weights.get(name)!
  const [rows, columns] = [rowsOfMatrix(shape), shape.at(-1)!]
  const quantizer = createQuantizer(rows, columns, how)
  const step = Math.max(1, Math.floor(AT_A_TIME / columns))
  for (let from = 0; from < rows; from += step) {
    const part = await loadWeightRows(folder, name, from, Math.min(rows, from + step))
    if (quantizer.push(part.data as Float32Array)) continue
    throw new StudioError(
      'bad-data',
      `Cannot quantise ${JSON.stringify(name)} of ${folder.dir}: it holds a number that is not finite.`,
      'The model is damaged, or was saved after it had diverged: download it again.',
    )
  }
  return quantizer.bytes
}

/** The numbers that a frozen weight stands for in the graph. */
export async function readAs(folder: ModelFolder, name: string, form: WeightForm): Promise<HostTensor> {
  const tensor = await loadWeight(folder, name)
  const data = tensor.data as Float32Array
  const { shape } = tensor
  if (form.kind === 'quantized') {
    const bytes = await quantize(folder, name, form.how)
    return { ...tensor, data: dequantized(bytes, rowsOfMatrix(shape), shape.at(-1)!, form.how) }
  }
  if (form.dtype !== 'bfloat16') return tensor
  return { ...tensor, data: bfloat16ToFloat32(float32ToBfloat16(data), new Float32Array(sizeOf(shape))) }
}
