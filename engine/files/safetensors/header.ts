/** Opens a safetensors file: reads its header, and only that, and checks everything that the header claims. */

import { type FileHandle, open, stat } from 'node:fs/promises'
import { diskError, StudioError } from '../../errors.ts'
import { bytesFor, DTYPE_BITS, elementsOf, isSafetensorsDtype, type SafetensorsDtype } from './dtypes.ts'
import { duplicateKey } from './duplicate-key.ts'
import { recogniseForeign } from './foreign.ts'

/** The reference library's limit on the header. */
export const MAX_HEADER_BYTES = 100_000_000

/** Where one tensor lies; `offset` counts from the start of the file. */
export interface TensorEntry {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  readonly offset: number
  readonly bytes: number
}

export interface SafetensorsFile {
  readonly path: string
  /** Bytes of the whole file and time of its last change (ms), by which a later change is noticed. */
  readonly size: number
  readonly modified: number
  /** Where the header ends and the tensors begin. */
  readonly dataOffset: number
  readonly metadata: Readonly<Record<string, string>>
  /** In the order in which they lie in the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

const AGAIN = 'The file is damaged or was not written completely: download or copy it again.'

function bad(path: string, why: string, hint = AGAIN): StudioError {
  return new StudioError('bad-file', `Cannot read ${path}: ${why}.`, hint)
}

/**
 * Reads and checks the header of a safetensors file.
 * Throws StudioError 'not-found' where there is no such file, 'bad-file' for every defect, 'disk' where it cannot be read.
 * Format: https://github.com/huggingface/safetensors#format
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  let handle: FileHandle | undefined
  try {
    // Before opening: opening a named pipe would wait for its writer.
    const there = await stat(path)
    if (!there.isFile()) {
      const what = there.isDirectory() ? 'it is a folder, not a file' : 'it is a device or a pipe, not a file'
      throw bad(path, what, 'Give the path of a safetensors file.')
    }
    handle = await open(path, 'r')
    const { size, mtimeMs } = await handle.stat()
    const header = await readHeader(handle, path, size)
    const dataOffset = 8 + header.length
    try {
      return { path, size, modified: mtimeMs, dataOffset, ...parseHeader(path, header, size - dataOffset) }
    } catch (error) {
      throw await explained(handle, path, size, error)
    }
  } catch (error) {
    throw diskError('read', path, error)
  } finally {
    await handle?.close()
  }
}

async function readHeader(handle: FileHandle, path: string, size: number): Promise<Uint8Array> {
  if (size < 8) {
    throw await explained(
      handle,
      path,
      size,
      bad(
        path,
        `it has ${size} bytes, and a safetensors file begins with 8 that give the length of its header`,
      ),
    )
  }
  const prefix = await readExactly(handle, path, 0, 8)
  const length = Number(Buffer.from(prefix.buffer).readBigUInt64LE(0))
  const why =
    length === 0
      ? 'its header has length zero'
      : length > MAX_HEADER_BYTES
        ? `its header would be ${length} bytes long, more than the ${MAX_HEADER_BYTES} that are allowed`
        : length > size - 8
          ? `its header would be ${length} bytes long, and the file ends after ${size} bytes`
          : undefined
  if (why !== undefined) throw await explained(handle, path, size, bad(path, why))
  return readExactly(handle, path, 8, length)
}

/** Replaces a defect of the header by the plainer fact that the file is of another kind, where its first bytes say so. */
async function explained(handle: FileHandle, path: string, size: number, error: unknown): Promise<unknown> {
  const foreign = recogniseForeign(await readExactly(handle, path, 0, Math.min(size, 64)))
  return foreign ? bad(path, `the file is ${foreign.what}, not safetensors`, foreign.hint) : error
}

/** Reads `length` bytes from `offset` on; a file that ends before is a StudioError. */
export async function readExactly(
  handle: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  await readInto(handle, path, offset, bytes)
  return bytes
}

/** Fills `target` with the bytes from `offset` on; a file that ends before is a StudioError. */
export async function readInto(
  handle: FileHandle,
  path: string,
  offset: number,
  target: Uint8Array,
): Promise<void> {
  let done = 0
  while (done < target.length) {
    // One system call reads at most 2 GiB.
    const length = Math.min(target.length - done, 2 ** 30)
    const { bytesRead } = await handle.read(target, done, length, offset + done)
    if (bytesRead === 0) throw bad(path, `it ends at byte ${offset + done}, in the middle of its data`)
    done += bytesRead
  }
}

type Parsed = Pick<SafetensorsFile, 'metadata' | 'tensors'>

function parseHeader(path: string, header: Uint8Array, dataBytes: number): Parsed {
  const dataOffset = 8 + header.length
  const entries = Object.entries(parseJson(path, header))
  const metadata = entries.find(([name]) => name === '__metadata__')?.[1]
  const tensors = entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]): [string, TensorEntry] => [name, parseEntry(path, name, value, dataOffset)])
    .sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes)
  checkLayout(path, tensors, dataOffset, dataBytes)
  return { metadata: parseMetadata(path, metadata), tensors: new Map(tensors) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(path: string, header: Uint8Array): Record<string, unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch {
    throw bad(path, 'its header is not valid UTF-8 text')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw bad(path, 'its header is not valid JSON')
  }
  if (!isObject(json) || header[0] !== 0x7b) throw bad(path, 'its header is not a JSON object')
  const twice = duplicateKey(text)
  if (twice !== undefined) throw bad(path, `its header holds the key ${JSON.stringify(twice)} twice`)
  return json
}

function parseMetadata(path: string, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw bad(path, 'its __metadata__ is not an object')
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string')
      throw bad(path, `its __metadata__ entry ${JSON.stringify(key)} is not a text`)
    return [key, text]
  })
  return Object.fromEntries(entries)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function parseEntry(path: string, name: string, value: unknown, dataOffset: number): TensorEntry {
  const tensor = `tensor ${JSON.stringify(name)}`
  if (!name.isWellFormed()) throw bad(path, `the name of ${tensor} is not valid Unicode`)
  if (!isObject(value)) throw bad(path, `the entry of ${tensor} is not an object`)
  const { dtype, shape, data_offsets: offsets } = value
  if (!isSafetensorsDtype(dtype)) {
    const known = Object.keys(DTYPE_BITS).join(', ')
    throw bad(path, `${tensor} has the unknown dtype ${JSON.stringify(dtype)}`, `Known types are ${known}.`)
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw bad(path, `the shape of ${tensor} is not a list of whole numbers from 0 to 2^53 - 1`)
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw bad(path, `the data_offsets of ${tensor} are not two whole numbers from 0 to 2^53 - 1`)
  }
  const [begin, end] = offsets as [number, number]
  if (begin > end) throw bad(path, `the data of ${tensor} ends (${end}) before it begins (${begin})`)
  const elements = elementsOf(shape)
  const bytes = elements === undefined ? undefined : bytesFor(dtype, elements)
  if (bytes === undefined)
    throw bad(path, `the shape [${shape}] of ${tensor} has no size that ${dtype} can fill`)
  if (end - begin !== bytes) {
    throw bad(path, `${tensor} has ${end - begin} bytes where ${dtype} of shape [${shape}] takes ${bytes}`)
  }
  // `+ 0` turns the -0 that JSON permits into 0.
  return { dtype, shape: shape.map((dimension) => dimension + 0), offset: dataOffset + begin, bytes }
}

/** The tensors must fill the rest of the file: no hole, no overlap, no byte left over. */
function checkLayout(
  path: string,
  tensors: readonly [string, TensorEntry][],
  dataOffset: number,
  dataBytes: number,
): void {
  let end = dataOffset
  let before = 'the header'
  for (const [name, { offset, bytes }] of tensors) {
    const tensor = `tensor ${JSON.stringify(name)}`
    if (offset < end) throw bad(path, `${tensor} overlaps ${before}`)
    if (offset > end)
      throw bad(path, `there is a hole of ${offset - end} bytes between ${before} and ${tensor}`)
    end = offset + bytes
    before = tensor
  }
  const size = dataOffset + dataBytes
  if (end > size) throw bad(path, `it is cut off: its tensors end at byte ${end}, the file at byte ${size}`)
  if (end < size) throw bad(path, `${size - end} bytes follow its last tensor, and nothing may`)
}
