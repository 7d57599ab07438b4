/** Looks at the beginning of a source: format, columns, first rows and bad rows, and what the columns may mean. */
import { open } from 'node:fs/promises'
import { suggestMappings } from '../../../../engine/data/examples/mapping.ts'
import { delimiterOf } from '../../../../engine/data/read/read-csv.ts'
import { streamRows } from '../../../../engine/data/read/read-dataset.ts'
import { type BadRow, isBad, type Row } from '../../../../engine/data/read/row.ts'
import { sniffFormat } from '../../../../engine/data/read/sniff-format.ts'
import { diskError, StudioError } from '../../../../engine/errors.ts'
import type { Mapping, MappingFit } from '../../../contract/datasets/mapping.ts'
import type { Detection, Reading, ReadingChoice } from '../../../contract/datasets/source.ts'
import { blockCharacters, cellOf, valueIn } from '../sheet/cells.ts'
import { ColumnTally } from '../sheet/column-tally.ts'
import type { Task } from '../threads/serve.ts'
import { fitMapping } from './mapping-fit.ts'
import type { SourceFile, SourceFiles } from './source-files.ts'

export interface DetectInput {
  readonly source: SourceFiles
  readonly reading: ReadingChoice | undefined
  readonly mapping: Mapping | undefined
}

/** Rows that are looked at, and shown. */
const lookedRows = 2_000
const shownRows = 50
const shownBad = 20
const headBytes = 256 * 1024

/** @throws StudioError `bad-data` for a file without a single row, or of no known format; `disk`, `not-found` */
export async function detectSource(
  { source, reading: given, mapping }: DetectInput,
  task: Task,
): Promise<Detection> {
  const file = source.files[0]!
  const reading = await readingOf(file, given ?? {})
  const tally = new ColumnTally({ values: true })
  const rows: Row[] = []
  const bad: BadRow[] = []
  let badSeen = 0
  let complete = true
  for await (const item of streamRows(dataOf(file, reading), optionsOf(reading))) {
    task.check()
    if (rows.length + badSeen === lookedRows) {
      complete = false
      break
    }
    if (isBad(item)) {
      badSeen += 1
      if (bad.length < shownBad) bad.push(item)
      continue
    }
    rows.push(item)
    tally.add(item.value)
  }
  if (rows.length === 0) throw nothingRead(file.name, bad[0], badSeen)
  const columns = tally.describe()
  return {
    name: source.name,
    files: source.files.map(({ name, bytes, split }) => ({ name, bytes, split })),
    reading,
    columns,
    rows: rows.slice(0, shownRows).map(({ line, value }) => ({
      line,
      cells: columns.map(({ name }) => cellOf(valueIn(value, name), blockCharacters)),
    })),
    seen: rows.length + badSeen,
    complete,
    badRows: bad.map(({ line, reason, text = '' }) => ({ file: file.name, line, reason, text })),
    badSeen,
    mappings: mappingsFor(
      rows,
      columns.map(({ name }) => name),
      mapping,
    ),
  }
}

/** The given one alone; else all that the names suggest, those that fit most rows first. */
function mappingsFor(
  rows: readonly Row[],
  columns: readonly string[],
  given: Mapping | undefined,
): MappingFit[] {
  const looked = rows.map(({ line, value }) => ({ line, fields: value }))
  const tried = given === undefined ? suggestMappings(columns) : [given]
  const fits = tried.map((mapping) => fitMapping(looked, mapping))
  return fits.sort((a, b) => b.fits - a.fits)
}

/** Settings the person has not chosen are told by the first bytes. */
async function readingOf(file: SourceFile, given: ReadingChoice): Promise<Reading> {
  const head =
    'text' in file.content
      ? Buffer.from(file.content.text.slice(0, headBytes))
      : await headOf(file.content.path)
  const format = given.format ?? sniffFormat(head, 'text' in file.content ? '' : file.name)
  const firstLine =
    head
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? ''
  return {
    format,
    delimiter: given.delimiter ?? delimiterOf(firstLine),
    header: given.header ?? true,
    textUnit: given.textUnit ?? 'line',
  }
}

async function headOf(path: string): Promise<Buffer> {
  try {
    const handle = await open(path)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskError('read', path, error)
  }
}

/** What the engine's reader opens. */
export function dataOf({ content }: SourceFile, { format }: Reading) {
  return 'text' in content ? { text: content.text, format } : content.path
}

export function optionsOf({ format, delimiter, header, textUnit }: Reading) {
  return { format, delimiter, header, textUnit }
}

export function nothingRead(name: string, first: BadRow | undefined, count: number): StudioError {
  return new StudioError(
    'bad-data',
    first === undefined
      ? `${name} is empty: there is no row in it.`
      : `None of the ${count} rows looked at in ${name} can be read. Line ${first.line}: ${first.reason}.`,
    'Choose the format the file really has, or give JSON Lines, JSON, CSV with a header line, Parquet or plain text.',
  )
}
