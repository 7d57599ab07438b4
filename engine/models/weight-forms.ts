/** How the frozen base is kept in memory: the choices, the form each weight takes in them, and its value in a graph. */
import { blockSize, type Quantization, quantizedLayout } from '../files/quantize.ts'
import type { SafetensorsDtype } from '../files/safetensors.ts'
import { byteLength, type DType, sizeOf } from '../graph/host-tensor.ts'
import { type FileRegion, type Value, weight } from '../graph/value.ts'
import { cast } from '../ops/cast.ts'
import { dequantize } from '../ops/quantized.ts'
import type { ModelFacts } from './architecture.ts'
import type { Site } from './sites.ts'
import type { WeightChoice } from './weight-choice.ts'

export { type WeightChoice, weightChoiceNames } from './weight-choice.ts'

/** How one weight is stored where it is mapped. */
export type WeightForm =
  | { readonly kind: 'plain'; readonly dtype: 'float32' | 'float16' | 'bfloat16' }
  | { readonly kind: 'quantized'; readonly how: Quantization }

/** What a weight is to the model: a dense layer's, a table of tokens or positions or the head, or a vector. */
export type WeightRole = 'linear' | 'table' | 'vector'

/** The roles of all parameters that are not vectors; a tied head is the table of tokens. */
export function rolesOf(sites: readonly Site[], facts: ModelFacts): (name: string) => WeightRole {
  const roles = new Map<string, WeightRole>([[`${facts.headModule}.weight`, 'table']])
  for (const site of sites) {
    if (site.kind === 'embedding') roles.set(`${site.module}.weight`, 'table')
    if (site.kind === 'linear' && !site.isHead) roles.set(`${site.module}.weight`, 'linear')
  }
  return (name) => roles.get(name) ?? 'vector'
}

/**
 * Norms, biases and rows that no block divides stay float32; tables and the head, on which every token depends directly, have
 * 8 bits at least.
 * @param stored how the model's own file has it
 */
export function formOf(
  choice: WeightChoice,
  role: WeightRole,
  shape: readonly number[],
  stored: SafetensorsDtype,
): WeightForm {
  const float32 = { kind: 'plain', dtype: 'float32' } as const
  if (choice === 'float32' || role === 'vector') return float32
  if (choice === '16-bit') return { kind: 'plain', dtype: stored === 'F16' ? 'float16' : 'bfloat16' }
  const bits = choice === '8-bit' || role === 'table' ? 8 : 4
  const block = blockSize(shape.at(-1)!, bits)
  return block === undefined ? float32 : { kind: 'quantized', how: { bits, block } }
}

/** Bytes of a weight in a form. */
export function formBytes(form: WeightForm, shape: readonly number[]): number {
  if (form.kind === 'plain') return byteLength({ dtype: form.dtype, shape })
  return quantizedLayout(rowsOfMatrix(shape), shape.at(-1)!, form.how).bytes
}

export const rowsOfMatrix = (shape: readonly number[]): number => sizeOf(shape) / shape.at(-1)!

/** A float32 value of the frozen weight whose bytes begin at `offset` of `path`; made float32 for one use where it is not. */
export function frozenValue(
  name: string,
  shape: readonly number[],
  form: WeightForm,
  { path, offset }: Pick<FileRegion, 'path' | 'offset'>,
): Value {
  if (form.kind === 'plain')
    return cast(weight(name, shape, { path, offset, bytes: formBytes(form, shape) }, form.dtype), 'float32')
  const { bits, block } = form.how
  const { factors, integers, zeroPoints } = quantizedLayout(rowsOfMatrix(shape), shape.at(-1)!, form.how)
  const blocks = [...shape.slice(0, -1), shape.at(-1)! / block]
  const stored = bits === 8 ? 'uint8' : 'uint4'
  const part = (of: { offset: number; bytes: number }, dims: readonly number[], dtype: DType) =>
    weight(name, dims, { path, offset: offset + of.offset, bytes: of.bytes }, dtype)
  return dequantize({
    integers: part(integers, shape, stored),
    factors: part(factors, blocks, 'float32'),
    zeroPoints: part(zeroPoints, blocks, stored),
  })
}
