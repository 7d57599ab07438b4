/** Reads tensors out of an opened safetensors file, converted to the types the engine computes with. */

import { type FileHandle, open } from 'node:fs/promises'
import { diskError, StudioError } from '../../errors.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import { isSystemError } from '../atomic.ts'
import { bfloat16ToFloat32, float16ToFloat32 } from '../half.ts'
import { nearNames } from '../near-names.ts'
import { DTYPE_BITS, elementsOf, type SafetensorsDtype } from './dtypes.ts'
import { readExactly, readInto, type SafetensorsFile, type TensorEntry } from './header.ts'

/** Bytes read at a time where elements are converted; a multiple of every element width. */
const CHUNK = 2 ** 22

/**
 * One tensor: F64, F32, F16, BF16 as float32 (rounded to nearest), integers as int32, BOOL as bool.
 * Throws StudioError 'not-found' (no such name), 'bad-file' (integer beyond int32, file changed), 'unsupported' (dtype).
 */
export async function readTensor(file: SafetensorsFile, name: string): Promise<HostTensor> {
  const entry = entryOf(file, name)
  return withFile(file, (handle) => decodeTensor(handle, file.path, name, entry))
}

/** All tensors, in the order in which they lie in the file. Errors as `readTensor`. */
export function readAllTensors(file: SafetensorsFile): Promise<Map<string, HostTensor>> {
  return withFile(file, async (handle) => {
    const tensors = new Map<string, HostTensor>()
    for (const [name, entry] of file.tensors) {
      tensors.set(name, await decodeTensor(handle, file.path, name, entry))
    }
    return tensors
  })
}

/** The bytes of one tensor as they are stored (little-endian). Errors as `readTensor`. */
export async function readTensorBytes(file: SafetensorsFile, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { offset, bytes } = entryOf(file, name)
  return withFile(file, (handle) => readExactly(handle, file.path, offset, bytes))
}

/** Reads and converts what lies at `entry` of a file that is open; `path` and `name` are for the messages. */
export async function decodeTensor(
  handle: FileHandle,
  path: string,
  name: string,
  entry: TensorEntry,
): Promise<HostTensor> {
  const { dtype, shape } = entry
  const elements = elementsOf(shape) ?? 0
  const region: Region = { handle, path, name, entry }
  try {
    if (dtype === 'BOOL') return { dtype: 'bool', shape, data: await readBooleans(region, elements) }
    const toFloat = FLOAT_READERS[dtype]
    if (toFloat) {
      const data = new Float32Array(elements)
      await fill(region, data, toFloat)
      return { dtype: 'float32', shape, data }
    }
    const toInteger = INTEGER_READERS[dtype]
    if (toInteger) {
      const data = new Int32Array(elements)
      await fill(region, data, toInteger)
      return { dtype: 'int32', shape, data }
    }
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(region, error)
    throw error
  }
  throw new StudioError(
    'unsupported',
    `Cannot read tensor ${JSON.stringify(name)} of ${path}: the studio does not compute with ${dtype}.`,
    'Use a version of the model in float32, float16 or bfloat16.',
  )
}

interface Region {
  readonly handle: FileHandle
  readonly path: string
  readonly name: string
  readonly entry: TensorEntry
}

/** Turns stored bytes (from the start of `bytes`) into the elements of `target`; false where a value does not fit. */
type Reader<A> = (bytes: ArrayBuffer, target: A) => boolean

const FLOAT_READERS: Partial<Record<SafetensorsDtype, Reader<Float32Array> | 'as stored'>> = {
  F32: 'as stored',
  F64: (bytes, target) => set(target, new Float64Array(bytes, 0, target.length)),
  F16: (bytes, target) => float16ToFloat32(new Uint16Array(bytes, 0, target.length), target) === target,
  BF16: (bytes, target) => bfloat16ToFloat32(new Uint16Array(bytes, 0, target.length), target) === target,
}

const INTEGER_READERS: Partial<Record<SafetensorsDtype, Reader<Int32Array> | 'as stored'>> = {
  I32: 'as stored',
  I16: (bytes, target) => set(target, new Int16Array(bytes, 0, target.length)),
  I8: (bytes, target) => set(target, new Int8Array(bytes, 0, target.length)),
  U16: (bytes, target) => set(target, new Uint16Array(bytes, 0, target.length)),
  U8: (bytes, target) => set(target, new Uint8Array(bytes, 0, target.length)),
  U32: (bytes, target) => set(target, new Int32Array(bytes, 0, target.length)) && !target.some((v) => v < 0),
  I64: (bytes, target) => narrow(bytes, target, (low, high) => high === low >> 31),
  U64: (bytes, target) => narrow(bytes, target, (low, high) => high === 0 && low >= 0),
}

function set(target: Float32Array | Int32Array, source: ArrayLike<number>): true {
  target.set(source)
  return true
}

/** Takes the low words of 64-bit integers (far cheaper than BigInt), as long as `fits` accepts the high ones. */
function narrow(
  bytes: ArrayBuffer,
  target: Int32Array,
  fits: (low: number, high: number) => boolean,
): boolean {
  const words = new Int32Array(bytes, 0, target.length * 2)
  for (let i = 0; i < target.length; i++) {
    const low = words[2 * i]!
    if (!fits(low, words[2 * i + 1]!)) return false
    target[i] = low
  }
  return true
}

/** Fills `data` from the file piece by piece, so that only one piece is held twice. */
async function fill<A extends Float32Array | Int32Array>(
  { handle, path, name, entry }: Region,
  data: A,
  reader: Reader<A> | 'as stored',
): Promise<void> {
  if (reader === 'as stored') {
    return readInto(handle, path, entry.offset, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  const width = DTYPE_BITS[entry.dtype] / 8
  const buffer = new ArrayBuffer(Math.min(CHUNK, entry.bytes))
  for (let begin = 0; begin < entry.bytes; begin += CHUNK) {
    const length = Math.min(CHUNK, entry.bytes - begin)
    await readInto(handle, path, entry.offset + begin, new Uint8Array(buffer, 0, length))
    const fits = reader(buffer, data.subarray(begin / width, (begin + length) / width) as A)
    if (!fits) {
      throw new StudioError(
        'bad-file',
        `Cannot read tensor ${JSON.stringify(name)} of ${path}: it holds ${entry.dtype} integers that do not fit in 32 bits.`,
        'Check that this is the tensor you mean; indices and counts of a model fit in 32 bits.',
      )
    }
  }
}

async function readBooleans({ handle, path, name, entry }: Region, elements: number): Promise<Uint8Array> {
  const data = new Uint8Array(elements)
  await readInto(handle, path, entry.offset, data)
  const wrong = data.find((value) => value > 1)
  if (wrong === undefined) return data
  throw new StudioError(
    'bad-file',
    `Cannot read tensor ${JSON.stringify(name)} of ${path}: it holds the byte ${wrong} where a truth value is 0 or 1.`,
    'The file is damaged: download or copy it again.',
  )
}

function tooLarge({ path, name, entry }: Region, cause: RangeError): StudioError {
  const gigabytes = (entry.bytes / 1e9).toFixed(1)
  return new StudioError(
    'unsupported',
    `Cannot read tensor ${JSON.stringify(name)} of ${path}: its ${gigabytes} GB do not fit in memory at once.`,
    'Close other programs, or use a smaller model.',
    { cause },
  )
}

function entryOf(file: SafetensorsFile, name: string): TensorEntry {
  const entry = file.tensors.get(name)
  if (entry) return entry
  throw unknownTensor(name, file.tensors.keys(), file.path)
}

/** The error for a name that is not among `names`, with the nearest ones. */
export function unknownTensor(name: string, names: Iterable<string>, path: string): StudioError {
  const near = nearNames(name, names).map((other) => JSON.stringify(other))
  return new StudioError(
    'not-found',
    `There is no tensor ${JSON.stringify(name)} in ${path}.`,
    near.length === 0 ? 'It holds no tensors at all.' : `The nearest names are ${near.join(', ')}.`,
  )
}

/** Runs `use` on the open file, unless the file is another one than the header was read from. */
export async function withFile<T>(
  file: SafetensorsFile,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file.path, 'r')
    const { size, mtimeMs } = await handle.stat()
    if (size !== file.size || mtimeMs !== file.modified) {
      throw new StudioError(
        'bad-file',
        `Cannot read ${file.path}: it was changed by another program after it was opened.`,
        'Open it again once the other program has finished.',
      )
    }
    return await use(handle)
  } catch (error) {
    throw isSystemError(error) ? diskError('read', file.path, error) : error
  } finally {
    await handle?.close()
  }
}
