/** Opens a dataset file, whatever its format, and gives its rows with a list of the lines that are none. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { diskError, StudioError } from '../../errors.ts'
import { type CsvOptions, readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readJsonl, readText, type TextUnit } from './read-lines.ts'
import { readParquet } from './read-parquet.ts'
import { type BadRow, isBad, type ReadItem, type Row } from './row.ts'

export const dataFormats = ['jsonl', 'json', 'csv', 'txt', 'parquet'] as const
export type DataFormat = (typeof dataFormats)[number]

/** A file, or text that is already here. */
export type DataSource = string | { readonly text: string | Uint8Array; readonly format: DataFormat }

export interface ReadOptions extends CsvOptions {
  /** By the file name when left out. */
  readonly format?: DataFormat
  readonly textUnit?: TextUnit
  /** Stop after so many good rows (for a preview). */
  readonly limit?: number
}

export interface DatasetRows {
  readonly format: DataFormat
  readonly rows: readonly Row[]
  /** The first bad rows; `badCount` counts them all. */
  readonly bad: readonly BadRow[]
  readonly badCount: number
  /** sha256 of the bytes (of those read, with a limit). */
  readonly hash: string
}

/** So many bad rows are described one by one. */
const describedBadRows = 1000

const extensions: Record<string, DataFormat> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.txt': 'txt',
  '.text': 'txt',
  '.md': 'txt',
}

/**
 * All rows of a dataset.
 * @throws StudioError not-found/disk for files, bad-data for an empty file or one without a single good row
 */
export async function readDataset(source: DataSource, options: ReadOptions = {}): Promise<DatasetRows> {
  const format = formatOf(source, options)
  const digest = createHash('sha256')
  const rows: Row[] = []
  const bad: BadRow[] = []
  let badCount = 0
  for await (const item of streamRows(source, { ...options, format }, (chunk) => digest.update(chunk))) {
    if (!isBad(item)) {
      rows.push(item)
      if (rows.length === options.limit) break
    } else if (badCount++ < describedBadRows) bad.push(item)
  }
  if (rows.length === 0) {
    const name = typeof source === 'string' ? source : 'the text'
    const first = bad[0]
    throw new StudioError(
      'bad-data',
      first === undefined
        ? `The dataset is empty: there is no row in ${name}.`
        : `None of the ${badCount} rows in ${name} can be read. Line ${first.line}: ${first.reason}.`,
      'Give JSON Lines with one object per line, a JSON list of objects, CSV with a header line, Parquet, or plain text.',
    )
  }
  return { format, rows, bad, badCount, hash: digest.digest('hex') }
}

/**
 * Rows one by one; only the row at hand is in memory (of Parquet a slice).
 * @param seen gets every chunk of bytes as it is read
 */
export async function* streamRows(
  source: DataSource,
  options: ReadOptions = {},
  seen: (chunk: Uint8Array) => void = () => {},
): AsyncGenerator<ReadItem> {
  const format = formatOf(source, options)
  if (format === 'parquet') {
    for await (const chunk of bytesOf(source)) seen(chunk)
    const bytes = typeof source === 'string' ? source : source.text
    yield* readParquet(typeof source === 'string' || typeof bytes !== 'string' ? bytes : Buffer.from(bytes))
    return
  }
  const chunks = checked(bytesOf(source), seen)
  switch (format) {
    case 'jsonl':
      yield* readJsonl(chunks)
      break
    case 'json':
      yield* readJson(chunks)
      break
    case 'csv':
      yield* readCsv(chunks, options)
      break
    case 'txt':
      yield* readText(chunks, options.textUnit ?? 'line')
      break
  }
}

/** What a file's ending says about its format. */
export function formatOfName(path: string): DataFormat | undefined {
  return extensions[extname(path).toLowerCase()]
}

function formatOf(source: DataSource, options: ReadOptions): DataFormat {
  const format = options.format ?? (typeof source === 'string' ? formatOfName(source) : source.format)
  if (format !== undefined) return format
  throw new StudioError(
    'unsupported',
    `The kind of ${String(source)} cannot be told from its name.`,
    `Name the file .jsonl, .json, .csv, .tsv, .parquet or .txt, or choose the format (${dataFormats.join(', ')}).`,
  )
}

async function* bytesOf(source: DataSource): AsyncGenerator<Uint8Array> {
  if (typeof source !== 'string') {
    const bytes = typeof source.text === 'string' ? Buffer.from(source.text) : source.text
    if (bytes.length > 0) yield bytes
    return
  }
  try {
    for await (const chunk of createReadStream(source)) yield chunk as Buffer
  } catch (error) {
    throw diskError('read the dataset', source, error)
  }
}

/** Stops at once at bytes that are no UTF-8 text file at all. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  seen: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const chunk of chunks) {
    if (first) refuseForeign(chunk)
    first = false
    seen(chunk)
    yield chunk
  }
}

const foreign: [number[], string, string][] = [
  [[0xff, 0xfe], 'is UTF-16 text', 'Save it as UTF-8 (in the editor: "Save with encoding").'],
  [[0xfe, 0xff], 'is UTF-16 text', 'Save it as UTF-8 (in the editor: "Save with encoding").'],
  [[0x50, 0x4b, 3, 4], 'is a ZIP archive or a spreadsheet', 'Unpack it, or export the sheet as CSV.'],
  [[0x1f, 0x8b], 'is compressed with gzip', 'Unpack it first.'],
  [[0x25, 0x50, 0x44, 0x46], 'is a PDF document', 'Save its text as a text file, or its tables as CSV.'],
  [[0x50, 0x41, 0x52, 0x31], 'is a Parquet file', 'Name the file .parquet, or choose Parquet as its format.'],
]

function refuseForeign(chunk: Uint8Array): void {
  const found = foreign.find(([magic]) => magic.every((byte, i) => chunk[i] === byte))
  if (found) throw new StudioError('bad-data', `The file ${found[1]}, not UTF-8 text.`, found[2])
  // No text holds it, and nearly every other kind of file does.
  if (chunk.subarray(0, 4_096).includes(0))
    throw new StudioError(
      'bad-data',
      'The file is binary (a picture, a program, …), not UTF-8 text.',
      'Choose a file with rows of text: CSV, JSON, JSON Lines, Parquet or plain text.',
    )
}
