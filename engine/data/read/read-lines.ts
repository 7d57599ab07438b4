/** JSON Lines and plain text: one row per line. */
import { messageOf } from '../../errors.ts'
import { parseJson } from '../json.ts'
import { linesOf } from './lines.ts'
import { badRow, type ReadItem, rowOf } from './row.ts'

/** Blank lines are skipped. */
export async function* readJsonl(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadItem> {
  for await (const { line, text, reason } of linesOf(chunks)) {
    if (text === null) yield { line, reason: reason ?? 'unreadable' }
    else if (text.trim() !== '') yield jsonRow(line, text)
  }
}

function jsonRow(line: number, text: string): ReadItem {
  try {
    return rowOf(line, parseJson(text), text)
  } catch (error) {
    return badRow(line, `not valid JSON: ${messageOf(error)}`, text)
  }
}

/** How plain text falls into examples: every line, or paragraphs between blank lines. */
export type TextUnit = 'line' | 'paragraph'

export async function* readText(chunks: AsyncIterable<Uint8Array>, unit: TextUnit): AsyncGenerator<ReadItem> {
  let paragraph: string[] = []
  let start = 1
  const flush = (): ReadItem => {
    const text = paragraph.join('\n')
    paragraph = []
    return { line: start, value: { text } }
  }
  for await (const { line, text, reason } of linesOf(chunks)) {
    if (text === null) yield { line, reason: reason ?? 'unreadable' }
    else if (text.trim() === '') {
      if (paragraph.length > 0) yield flush()
    } else if (unit === 'line') yield { line, value: { text } }
    else {
      if (paragraph.length === 0) start = line
      paragraph.push(text)
    }
  }
  if (paragraph.length > 0) yield flush()
}
