/** Writes safetensors files, byte for byte as the reference library lays them out, one tensor in memory at a time. */

import { StudioError } from '../../errors.ts'
import type { DType, HostTensor } from '../../graph/host-tensor.ts'
import { type Append, writeAtomic } from '../atomic.ts'
import { float32ToBfloat16, float32ToFloat16 } from '../half.ts'
import { bytesFor, compareDtypes, elementsOf, isSafetensorsDtype, type SafetensorsDtype } from './dtypes.ts'
import { MAX_HEADER_BYTES } from './header.ts'

/** Elements: of the dtype's own array type, as stored bytes, or Float32Array to be rounded to F16, BF16 or F64. */
export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

/** A tensor with the type it shall have in the file. */
export interface StoredTensor {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** A tensor whose elements are asked for when its turn comes, and let go afterwards. */
export interface LazyTensor {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  load(): Promise<TensorData>
}

export type WritableTensor = HostTensor | StoredTensor | LazyTensor

/**
 * Creates or replaces a safetensors file atomically: on failure what was there stays.
 * Throws StudioError 'bad-argument' (name, shape or data that do not fit), 'bad-data' (a finite number too large for the
 * 16-bit type), 'disk' or 'not-found' (file system); what a `load` throws comes through unchanged.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WritableTensor>> | ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Promise<void> {
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors)
  const planned = named.map(([name, tensor]) => plan(name, tensor)).sort(compare)
  const header = encodeHeader(planned, metadata)
  await writeAtomic(path, async (append) => {
    await append(header)
    for (const tensor of planned) await appendTensor(append, tensor, await tensor.load())
  })
}

interface Planned {
  readonly name: string
  readonly utf8: Buffer
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  readonly elements: number
  readonly bytes: number
  load(): Promise<TensorData> | TensorData
}

/** The format has no integers of 4 bits. */
const STORED_AS: Record<Exclude<DType, 'uint4'>, SafetensorsDtype> = {
  float32: 'F32',
  int32: 'I32',
  int64: 'I64',
  bool: 'BOOL',
  float16: 'F16',
  bfloat16: 'BF16',
  uint8: 'U8',
}

function isHostDtype(dtype: string): dtype is keyof typeof STORED_AS {
  return Object.hasOwn(STORED_AS, dtype)
}

function plan(name: string, tensor: WritableTensor): Planned {
  const { shape } = tensor
  const dtype = isHostDtype(tensor.dtype) ? STORED_AS[tensor.dtype] : tensor.dtype
  if (name === '__metadata__' || !name.isWellFormed())
    throw refused(name, 'this name is not allowed in the format')
  if (!isSafetensorsDtype(dtype)) throw refused(name, `the format has no dtype ${JSON.stringify(dtype)}`)
  const elements = shape.every((d) => Number.isSafeInteger(d) && d >= 0) ? elementsOf(shape) : undefined
  const bytes = elements === undefined ? undefined : bytesFor(dtype, elements)
  if (elements === undefined || bytes === undefined)
    throw refused(name, `[${shape}] is not a shape for ${dtype}`)
  const planned = { name, utf8: Buffer.from(name), dtype, shape, elements, bytes }
  if ('load' in tensor) return { ...planned, load: () => tensor.load() }
  checkData(planned, tensor.data)
  return { ...planned, load: () => tensor.data }
}

function compare(a: Planned, b: Planned): number {
  return compareDtypes(a.dtype, b.dtype) || Buffer.compare(a.utf8, b.utf8)
}

function refused(name: string, why: string): StudioError {
  return new StudioError(
    'bad-argument',
    `Cannot write tensor ${JSON.stringify(name)}: ${why}.`,
    'This is a fault of the program that made the tensor; please report it.',
  )
}

/** Built as text, because a JavaScript object would move names like "7" to the front and lose "__proto__". */
function encodeHeader(planned: readonly Planned[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const parts: string[] = []
  if (Object.keys(metadata).length > 0) parts.push(`"__metadata__":${JSON.stringify(metadata)}`)
  let begin = 0
  for (const { name, dtype, shape, bytes } of planned) {
    const entry = { dtype, shape, data_offsets: [begin, begin + bytes] }
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`)
    begin += bytes
  }
  const json = Buffer.from(`{${parts.join(',')}}`)
  const length = Math.ceil(json.length / 8) * 8
  if (length > MAX_HEADER_BYTES)
    throw refused('', `the header would be longer than ${MAX_HEADER_BYTES} bytes`)
  const header = Buffer.alloc(8 + length, ' ')
  header.writeBigUInt64LE(BigInt(length))
  header.set(json, 8)
  return header
}

const ARRAYS: Partial<Record<SafetensorsDtype, abstract new (length: number) => TensorData>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
}

/** Whether the elements have to be computed from float32 rather than copied. */
function isRounded(dtype: SafetensorsDtype, data: TensorData): data is Float32Array {
  return data instanceof Float32Array && (dtype === 'F16' || dtype === 'BF16' || dtype === 'F64')
}

function checkData({ name, dtype, shape, elements, bytes }: Omit<Planned, 'load'>, data: TensorData): void {
  const kind = data.constructor.name
  const Own = ARRAYS[dtype] ?? Uint8Array
  const fits = isRounded(dtype, data)
    ? data.length === elements
    : (data instanceof Own || data instanceof Uint8Array) && data.byteLength === bytes
  if (!fits) throw refused(name, `${kind} of length ${data.length} is not ${dtype} of shape [${shape}]`)
  if (dtype === 'BOOL' && data instanceof Uint8Array && data.some((value) => value > 1)) {
    throw refused(name, 'a truth value is stored as 0 or 1')
  }
}

/** Elements converted at a time. */
const CHUNK = 2 ** 20

async function appendTensor(append: Append, tensor: Planned, data: TensorData): Promise<void> {
  checkData(tensor, data)
  if (!isRounded(tensor.dtype, data)) return append(bytesOf(data))
  for (let begin = 0; begin < data.length; begin += CHUNK) {
    await append(bytesOf(rounded(tensor, data.subarray(begin, begin + CHUNK))))
  }
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function rounded({ name, dtype }: Planned, values: Float32Array): TensorData {
  if (dtype === 'F64') return new Float64Array(values)
  const [halves, infinite, label] =
    dtype === 'F16'
      ? [float32ToFloat16(values), 0x7c00, 'float16 (65504)']
      : [float32ToBfloat16(values), 0x7f80, 'bfloat16 (3.39e38)']
  for (let i = 0; i < halves.length; i++) {
    if ((halves[i]! & 0x7fff) === infinite && Number.isFinite(values[i])) {
      throw new StudioError(
        'bad-data',
        `Cannot write tensor ${JSON.stringify(name)}: it holds ${values[i]}, which is beyond the range of ${label}.`,
        'Save as float32 instead, or as bfloat16 where float16 was chosen.',
      )
    }
  }
  return halves
}
