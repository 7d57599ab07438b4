/** A JSON file: a list of objects, or an object with such a list in one of its fields. */
import { messageOf, StudioError } from '../../errors.ts'
import { parseJson } from '../json.ts'
import { readJsonl } from './read-lines.ts'
import { type ReadItem, rowOf } from './row.ts'

const strict = new TextDecoder('utf-8', { fatal: true })

/** A JSON file is read as a whole; beyond this JSON Lines is the way. */
const largest = 400 * 1024 * 1024

/** @throws StudioError when the file is not JSON, not UTF-8, too large, or has no list of rows */
export async function* readJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadItem> {
  const bytes = await collect(chunks)
  let text: string
  try {
    text = strict.decode(bytes)
  } catch {
    throw new StudioError('bad-data', 'The file is not valid UTF-8 text.', 'Save the file as UTF-8.')
  }
  if (text.trim() === '') return
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    if (isJsonl(text)) {
      yield* readJsonl(once(bytes))
      return
    }
    throw new StudioError(
      'bad-data',
      `The file is not valid JSON: ${messageOf(error)}.`,
      'Repair the file, or save it as JSON Lines (one object per line): then one bad line spoils only itself.',
      { cause: error },
    )
  }
  const [list, depth] = listOf(value)
  const lines = elementLines(text, depth)
  for (const [i, item] of list.entries()) yield rowOf(lines[i] ?? 1, item)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > largest) {
      throw new StudioError(
        'bad-data',
        `The JSON file is larger than ${largest} bytes and has to be read as a whole.`,
        'Convert it to JSON Lines (one object per line), which has no limit.',
      )
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Many .json files are JSON Lines: the first line is an object of its own. */
function isJsonl(text: string): boolean {
  const first = text.trimStart().split('\n', 1)[0]?.trim() ?? ''
  if (!first.startsWith('{')) return false
  try {
    JSON.parse(first)
    return true
  } catch {
    return false
  }
}

function listOf(value: unknown): [unknown[], number] {
  if (Array.isArray(value)) return [value, 1]
  const lists = Object.values(value ?? {}).filter((field) => Array.isArray(field))
  if (typeof value === 'object' && lists.length === 1) return [lists[0] as unknown[], 2]
  throw new StudioError(
    'bad-data',
    'The JSON file is not a list of rows, and not an object with one list of rows in it.',
    'Write it as [{…}, {…}], or as JSON Lines.',
  )
}

/** The lines on which the elements of the list at this depth begin. */
function elementLines(text: string, depth: number): number[] {
  const lines: number[] = []
  const open: string[] = []
  let line = 1
  let expectsElement = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\n') line++
    if (/\s/.test(char)) continue
    if (expectsElement && char !== ']') lines.push(line)
    expectsElement = false
    if (char === '"') {
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (char === '[' || char === '{') {
      open.push(char)
      expectsElement = char === '[' && open.length === depth
    } else if (char === ']' || char === '}') {
      open.pop()
    } else if (char === ',') {
      expectsElement = open.length === depth && open.at(-1) === '['
    }
  }
  return lines
}
