/** Tells the format of a file by its first bytes and its name. */
import { delimiterOf } from './read-csv.ts'
import { type DataFormat, formatOfName } from './read-dataset.ts'

/**
 * Content goes before the name where it leaves no doubt; the name decides the rest.
 * @param head the first bytes (a few thousand are enough)
 * @param name file name, or '' for text without one
 */
export function sniffFormat(head: Uint8Array, name: string): DataFormat {
  const bytes = Buffer.from(head)
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const start = text.trimStart()
  const named = formatOfName(name)
  if (named === 'csv') return 'csv'
  if (start.startsWith('{')) return named === 'jsonl' || isJsonl(start) ? 'jsonl' : 'json'
  if (/^\[\s*[{\]]/.test(start)) return 'json'
  return named ?? (looksLikeTable(text) ? 'csv' : 'txt')
}

/** JSON Lines also goes by the name .json, and text from the clipboard has none. */
function isJsonl(text: string): boolean {
  const [first = '', second = ''] = text.split('\n', 2)
  // A single line: a list of objects inside an object is JSON, an object alone a single row.
  if (second.trim() === '') return !/:\s*\[\s*\{/.test(first)
  try {
    JSON.parse(first)
    return true
  } catch {
    return false
  }
}

/** At least two lines with the same number of fields, and more than one of them. */
function looksLikeTable(text: string): boolean {
  const lines = text.split(/\r?\n/).slice(0, 20)
  // The last one may be cut.
  if (lines.length > 2) lines.pop()
  const delimiter = delimiterOf(lines[0] ?? '')
  const fields = lines
    .filter((line) => line !== '')
    .map((line) => line.replace(/"[^"]*"/g, '').split(delimiter).length)
  const [header = 1] = fields
  return header > 1 && fields.length > 1 && fields.every((count) => count === header)
}
