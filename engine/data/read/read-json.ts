/** A JSON file: a list of objects, or an object with such a list in one of its fields; only the row at hand is in memory. */
import { messageOf, StudioError } from '../../errors.ts'
import { parseJson } from '../json.ts'
import { longestLine } from './lines.ts'
import { readJsonl } from './read-lines.ts'
import { badRow, type ReadItem, rowOf } from './row.ts'

/** Looked at to tell JSON from JSON Lines under the same name. */
const longestFirstLine = 4 * 1024 * 1024

/**
 * A row that is no JSON spoils itself only, as long as its brackets and quotes close.
 * @throws StudioError when the file is not JSON, or has no list of rows
 */
export async function* readJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadItem> {
  const [head, bytes] = await headOf(chunks)
  if (isJsonl(head)) {
    yield* readJsonl(bytes)
    return
  }
  const scanner = new ListScanner()
  for await (const chunk of bytes) {
    scanner.scan(chunk)
    yield* scanner.found.splice(0)
  }
  scanner.end()
}

/** The beginning, up to some bytes of the second line, and all bytes again. */
async function headOf(chunks: AsyncIterable<Uint8Array>): Promise<[Buffer, AsyncIterable<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const parts: Uint8Array[] = []
  let size = 0
  let done = false
  const enough = () => size > longestFirstLine || /\n\s*\S/.test(Buffer.concat(parts).toString('latin1'))
  while (!done && !enough()) {
    const next = await iterator.next()
    done = next.done === true
    if (next.done) break
    parts.push(next.value)
    size += next.value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* parts
    if (!done) yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return [Buffer.concat(parts), all()]
}

/** Many .json files are JSON Lines: the first line is an object of its own, and more follows. */
function isJsonl(head: Buffer): boolean {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (!text.startsWith('{') || !/\n\s*\S/.test(text)) return false
  try {
    JSON.parse(text.split('\n', 1)[0]!)
    return true
  } catch {
    return false
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })
const code = (char: string) => char.charCodeAt(0)
const [quote, backslash, comma, newline] = [code('"'), code('\\'), code(','), code('\n')]
const openers = new Set([code('['), code('{')])
const closerOf = new Map([
  [code('['), code(']')],
  [code('{'), code('}')],
])
const closers = new Set(closerOf.values())
const list = code('[')
const blanks = new Set([code(' '), code('\t'), code('\r'), newline, 0xef, 0xbb, 0xbf])

/** Cuts the elements of the list out of the bytes; structure is ASCII, so bytes can be looked at one by one. */
class ListScanner {
  readonly found: ReadItem[] = []
  /** Brackets that are open. */
  readonly #open: number[] = []
  /** How many brackets are open among the elements of the list of rows; 0 before and behind it. */
  #depth = 0
  #lists = 0
  #inText = false
  #escaped = false
  #ended = false
  #line = 1
  /** The element at hand. */
  #parts: Uint8Array[] = []
  #size = 0
  #startLine = 0
  #elements = 0

  scan(chunk: Uint8Array): void {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (byte === newline) this.#line++
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false
        else if (byte === backslash) this.#escaped = true
        else if (byte === quote) this.#inText = false
        continue
      }
      if (blanks.has(byte)) continue
      if (this.#ended) throw notJson(this.#line, 'something follows its end')
      const inRows = this.#depth > 0
      const atBorder = inRows && this.#open.length === this.#depth && (byte === comma || closers.has(byte))
      if (atBorder) {
        this.#take(chunk.subarray(from, i))
        this.#finish(byte === comma)
        from = i + 1
      } else if (inRows && this.#startLine === 0) this.#startLine = this.#line
      if (this.#step(byte)) from = i + 1
    }
    if (this.#depth > 0) this.#take(chunk.subarray(from))
  }

  /** @returns whether the list of rows begins behind this byte */
  #step(byte: number): boolean {
    if (byte === quote) this.#inText = true
    if (openers.has(byte)) {
      this.#open.push(byte)
      if (byte === list && this.#depth === 0 && this.#open.length <= 2) return this.#begin()
    } else if (closers.has(byte)) {
      if (closerOf.get(this.#open.at(-1) ?? 0) !== byte) throw notJson(this.#line, 'brackets do not match')
      this.#open.pop()
      if (this.#open.length < this.#depth) this.#depth = 0
      if (this.#open.length === 0) this.#ended = true
    } else if (this.#open.length === 0)
      throw this.#lists === 0 ? noList() : notJson(this.#line, 'brackets do not match')
    return false
  }

  #begin(): boolean {
    if (this.#open.length === 2 && this.#open[0] === list) return false
    if (this.#lists > 0) throw noList()
    this.#lists += 1
    this.#depth = this.#open.length
    return true
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#size += bytes.length
    if (this.#size <= longestLine) this.#parts.push(bytes.slice())
    else this.#parts = []
  }

  /** @param more a comma stands behind it, so that there must be something */
  #finish(more: boolean): void {
    const line = this.#startLine === 0 ? this.#line : this.#startLine
    const bytes = Buffer.concat(this.#parts)
    const tooLong = this.#size > longestLine
    this.#parts = []
    this.#size = 0
    this.#startLine = 0
    const first = this.#elements === 0
    this.#elements += 1
    if (tooLong) this.found.push({ line, reason: `the row is longer than ${longestLine} bytes` })
    else this.#add(line, bytes, first && !more)
  }

  #add(line: number, bytes: Buffer, alone: boolean): void {
    let text: string
    try {
      text = strict.decode(bytes).trim()
    } catch {
      this.found.push({ line, reason: 'the row is not valid UTF-8 text; save the file as UTF-8' })
      return
    }
    if (text === '' && alone) return
    try {
      this.found.push(rowOf(line, parseJson(text), text))
    } catch (error) {
      this.found.push(badRow(line, `not valid JSON: ${messageOf(error)}`, text))
    }
  }

  /** @throws StudioError when the file ends before the list does, or had none */
  end(): void {
    if (this.#inText || this.#open.length > 0)
      throw notJson(
        this.#startLine === 0 ? this.#line : this.#startLine,
        'the row that begins there never ends',
      )
    if (this.#ended && this.#lists === 0) throw noList()
  }
}

function notJson(line: number, why: string): StudioError {
  return new StudioError(
    'bad-data',
    `The file is not valid JSON: on line ${line}, ${why}.`,
    'Repair the file, or save it as JSON Lines (one object per line): then one bad line spoils only itself.',
  )
}

function noList(): StudioError {
  return new StudioError(
    'bad-data',
    'The JSON file is not a list of rows, and not an object with one list of rows in it.',
    'Write it as [{…}, {…}], or as JSON Lines.',
  )
}
