/** Cells: how a value of a row is shown, and how a person's text becomes a value. */

import { JsonFloat, parseJson, printJson } from '../../../../engine/data/json.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { Cell } from '../../../contract/datasets/cells.ts'
import type { SheetColumn } from './working-file.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Blocks of rows carry at most so many characters of a cell. */
export const blockCharacters = 600

/** The fields of a row. */
export function fieldsOf(data: string): Fields {
  // Written by printJson from an object.
  return parseJson(data) as Fields
}

/** The value in a column; undefined where the row has no such field. */
export function valueIn(fields: Fields, column: string): unknown {
  return Object.hasOwn(fields, column) ? fields[column] : undefined
}

export function kindOf(value: unknown): Cell['kind'] {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonFloat) return 'number'
  return 'json'
}

/** The whole text of a value as a cell shows it. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : printJson(value)
}

/** @param most characters shown */
export function cellOf(value: unknown, most = Number.POSITIVE_INFINITY): Cell {
  const text = textOf(value)
  return { kind: kindOf(value), text: text.length > most ? cut(text, most) : text, chars: text.length }
}

/** Not between the halves of a character. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

const nouns = { number: 'a number', boolean: 'true or false', json: 'a list or an object as JSON' } as const

/**
 * What a text stands for in a cell that holds `current` (undefined: nothing). Where no text belongs, an empty one
 * empties the cell: spreadsheets write missing numbers so.
 * @throws StudioError `bad-argument` when the text is not of the kind that belongs there
 */
export function valueFrom(text: string, current: unknown, column: SheetColumn): unknown {
  const kind = kindOf(current)
  const wanted = kind === 'missing' || kind === 'null' ? column.kind : kind
  if (wanted === 'text') return text
  if (text.trim() === '') return undefined
  const value = parsed(text)
  if (kindOf(value) === wanted) return value
  throw new StudioError(
    'bad-argument',
    `"${cut(text, 60)}" is not ${nouns[wanted]}, which the column "${column.name}" holds here.`,
    wanted === 'json'
      ? 'Write it as JSON, for example [{"role": "user", "content": "…"}].'
      : `Write ${nouns[wanted]}.`,
  )
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** A copy of the fields with one of them set; undefined takes it out. */
export function withField(fields: Fields, column: string, value: unknown): Fields {
  if (value !== undefined) return { ...fields, [column]: value }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== column))
}
