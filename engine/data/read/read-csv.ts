/** CSV and TSV with a header line, record by record. */
import { Readable } from 'node:stream'
import { CsvError, type Info, parse } from 'csv-parse'
import { StudioError } from '../../errors.ts'
import { longestLine } from './lines.ts'
import { badRow, type ReadItem } from './row.ts'

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

export interface CsvOptions {
  /** Told by the first line when left out. */
  readonly delimiter?: Delimiter
  /** Whether the first line names the columns (default); else they are column_1, column_2, … */
  readonly header?: boolean
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What csv-parse calls a fault, in words. */
const faults: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; write quotes inside a quoted field twice',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted field; quote the whole field',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'text follows a closing quote',
  CSV_MAX_RECORD_SIZE: `a record is longer than ${longestLine} bytes`,
}

/**
 * Bytes are parsed as Latin-1 (the structure is ASCII) and every field is decoded as UTF-8 by itself, so that a bad
 * byte spoils its own row only.
 *
 * @throws StudioError when the header has empty or repeated names
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: CsvOptions = {},
): AsyncGenerator<ReadItem> {
  const [head, bytes] = await headOf(chunks)
  const delimiter = options.delimiter ?? delimiterOf(head)
  const skipped: ReadItem[] = []
  const parser = parse({
    delimiter,
    encoding: 'latin1',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestLine,
  })
  parser.on('skip', (error: CsvError | undefined) => {
    if (error) skipped.push(badRecord(error))
  })
  const stream = Readable.from(bytes)
  stream.on('error', (error) => parser.destroy(error))
  stream.pipe(parser)
  let header: string[] | null = null
  let lastLine = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = lastLine + 1
      lastLine = info.lines
      const fields = record.map(decode)
      if (header === null) {
        const named = options.header ?? true
        header = named ? checkHeader(fields) : fields.map((_, i) => `column_${i + 1}`)
        if (named) continue
      }
      yield* skipped.splice(0)
      yield recordRow(line, header, fields, delimiter)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    skipped.push(badRecord(error))
  }
  yield* skipped
}

function badRecord(error: CsvError): ReadItem {
  const line = Number((error as CsvError & { lines?: number }).lines ?? 1)
  return { line, reason: faults[error.code] ?? error.message }
}

function recordRow(
  line: number,
  header: string[],
  fields: (string | null)[],
  delimiter: Delimiter,
): ReadItem {
  if (fields.length !== header.length) {
    return badRow(
      line,
      `${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the header has ${header.length}`,
      fields.join(delimiter),
    )
  }
  if (fields.includes(null))
    return { line, reason: 'the line is not valid UTF-8 text; save the file as UTF-8' }
  return { line, value: Object.fromEntries(header.map((name, i) => [name, fields[i]])) }
}

function decode(field: string): string | null {
  if (/^[\0-\x7f]*$/.test(field)) return field
  try {
    return strict.decode(Buffer.from(field, 'latin1'))
  } catch {
    return null
  }
}

function checkHeader(fields: (string | null)[]): string[] {
  const names = fields.map((name) => name?.trim() ?? '')
  const repeated = names.filter((name, i) => name !== '' && names.indexOf(name) !== i)
  const fault =
    repeated.length > 0
      ? `has the column "${repeated[0]}" more than once`
      : names.includes('')
        ? 'has a column without a readable name'
        : null
  if (fault === null) return names
  throw new StudioError(
    'bad-data',
    `The header line ${fault}.`,
    'Give every column its own name in the first line, for example prompt,completion.',
  )
}

/** The first line (to guess the delimiter), and all bytes again without a byte order mark. */
async function headOf(chunks: AsyncIterable<Uint8Array>): Promise<[string, AsyncIterable<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]()
  let first = Buffer.alloc(0)
  let done = false
  while (!done && first.length < 65_536 && !first.includes(0x0a)) {
    const next = await iterator.next()
    done = next.done === true
    if (!next.done) first = Buffer.concat([first, next.value])
  }
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) first = first.subarray(3)
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first
    if (!done) yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return [first.toString('latin1').split('\n', 1)[0] ?? '', all()]
}

/** Comma, semicolon (spreadsheets in many countries), tab or bar: whichever the header has most of outside quotes. */
export function delimiterOf(head: string): Delimiter {
  const plain = head.replace(/"[^"]*"/g, '')
  const count = (char: string) => plain.split(char).length
  return delimiters.reduce((best, char) => (count(char) > count(best) ? char : best))
}
