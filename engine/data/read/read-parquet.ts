/** Parquet files, page by page: what pandas, Arrow, DuckDB and the Hugging Face hub write. */
import { type FileHandle, open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet'
import { assembleNested } from 'hyparquet/src/assemble.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { diskError, messageOf, StudioError } from '../../errors.ts'
import { JsonFloat } from '../json.ts'
import { unpackLz4Block } from './lz4-block.ts'
import { ParquetColumn } from './parquet-column.ts'
import type { ReadItem } from './row.ts'

/** Rows made at once. */
const sliceRows = 2_000

const compressors: Compressors = {
  GZIP: (packed) => gunzipSync(packed),
  BROTLI: (packed) => brotliDecompressSync(packed),
  ZSTD: (packed) => zstdDecompressSync(packed),
  LZ4_RAW: unpackLz4Block,
}

/**
 * Rows with their number (from 1) as line. Whole numbers, floats, booleans, texts, lists and structs become their JSON;
 * times ISO 8601 texts; other bytes hexadecimal; NaN and infinity, which JSON lacks, null.
 *
 * @throws StudioError bad-data where the file is no Parquet file or damaged, disk/not-found
 */
export async function* readParquet(source: string | Uint8Array): AsyncGenerator<ReadItem> {
  const { file, close } = await openBuffer(source)
  try {
    const metadata = await parquetMetadataAsync(file)
    const schema = parquetSchema(metadata)
    const floats = floatColumns(schema)
    let line = 0
    for (const group of metadata.row_groups) {
      for await (const columns of slicesOf(group, file, schema)) {
        const rows = columns[0]?.[1].length ?? 0
        for (let i = 0; i < rows; i++) {
          const fields = columns.map(([name, values]) => [name, jsonOf(values[i], floats.has(name))])
          yield { line: ++line, value: Object.fromEntries(fields) }
        }
      }
    }
  } catch (error) {
    if (error instanceof StudioError) throw error
    throw new StudioError(
      'bad-data',
      `The Parquet file cannot be read: ${messageOf(error)}.`,
      'Check that it is complete; pandas can write it again, or as JSON Lines (df.to_json(…, orient="records", lines=True)).',
      { cause: error },
    )
  } finally {
    await close()
  }
}

type Slice = (readonly [name: string, values: DecodedArray])[]

/** The columns of some rows at a time. */
async function* slicesOf(
  group: FileMetaData['row_groups'][number],
  file: AsyncBuffer,
  schema: SchemaTree,
): AsyncGenerator<Slice> {
  const leaves = group.columns.map(({ meta_data: meta, file_path: elsewhere }) => {
    if (meta === undefined || elsewhere) throw new Error('its columns lie in other files')
    return new ParquetColumn(file, meta, schema, compressors)
  })
  for (let left = Number(group.num_rows); left > 0; left -= sliceRows) {
    const slice: Slice = []
    for (const child of schema.children) {
      const own = leaves.filter(({ path }) => path[0] === child.element.name)
      const parts = new Map<string, DecodedArray>()
      for (const leaf of own) parts.set(leaf.path.join('.'), await leaf.take(Math.min(left, sliceRows)))
      if (child.children.length > 0) assembleNested(parts, child, DEFAULT_PARSERS)
      const values = parts.get(child.element.name)
      if (values !== undefined) slice.push([child.element.name, values])
    }
    yield slice
  }
}

/** Columns of floats: 1.0 in them stays a float. */
function floatColumns(schema: SchemaTree): ReadonlySet<string> {
  const floats = schema.children.filter(
    ({ element }) => element.type === 'DOUBLE' || element.type === 'FLOAT',
  )
  return new Set(floats.map(({ element }) => element.name))
}

function jsonOf(value: unknown, float: boolean): unknown {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return value ?? null
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null
    return float && Number.isInteger(value) ? new JsonFloat(value) : value
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map((part) => jsonOf(part, false))
  if (ArrayBuffer.isView(value)) return Object.values(value).map((part) => jsonOf(part, false))
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, jsonOf(part, false)]))
}

async function openBuffer(
  source: string | Uint8Array,
): Promise<{ file: AsyncBuffer; close: () => Promise<void> }> {
  if (typeof source !== 'string') {
    const bytes = new Uint8Array(source).buffer
    return {
      file: { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) },
      close: async () => {},
    }
  }
  let handle: FileHandle | undefined
  try {
    handle = await open(source)
    const { size } = await handle.stat()
    const opened = handle
    const slice = (start: number, end = size) => readSlice(opened, source, start, Math.min(end, size))
    return { file: { byteLength: size, slice }, close: () => opened.close() }
  } catch (error) {
    await handle?.close()
    throw diskError('read the dataset', source, error)
  }
}

async function readSlice(handle: FileHandle, path: string, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start))
  let done = 0
  try {
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
  } catch (error) {
    throw diskError('read the dataset', path, error)
  }
  return bytes.buffer
}
