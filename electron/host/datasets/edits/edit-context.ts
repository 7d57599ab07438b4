/** What an edit works with, and what several kinds of edits share. */

import { printJson } from '../../../../engine/data/json.ts'
import { StudioError } from '../../../../engine/errors.ts'
import { type Fields, fieldsOf, valueFrom, valueIn, withField } from '../sheet/cells.ts'
import type { OpenSheet, StoredRow } from '../sheet/open-sheet.ts'
import { positionsBetween } from '../sheet/positions.ts'
import type { RowWriter } from '../sheet/step-writer.ts'
import type { SheetColumn } from '../sheet/working-file.ts'

export interface EditContext {
  readonly sheet: OpenSheet
  readonly writer: RowWriter
}

/** What the step is called, from the number of rows it touched. */
export type Label = (rows: number) => string

/** @throws StudioError `bad-argument` */
export function columnNamed({ sheet }: EditContext, name: string): SheetColumn {
  const column = sheet.columns.find((candidate) => candidate.name === name)
  if (column !== undefined) return column
  throw new StudioError(
    'bad-argument',
    `There is no column "${name}".`,
    'Add it first, or choose another one.',
  )
}

/** @throws StudioError `exists` */
export function refuseTakenName({ sheet }: EditContext, name: string): void {
  if (!sheet.columns.some((column) => column.name === name)) return
  throw new StudioError('exists', `There is a column "${name}" already.`, 'Choose another name.')
}

/** Changes the fields of a row; a row that stays the same is left alone. */
export function updateFields(
  { sheet, writer }: EditContext,
  id: number,
  change: (fields: Fields) => Fields,
): void {
  const { data } = sheet.stored(id)
  const changed = printJson(change(fieldsOf(data)))
  if (changed !== data) writer.update(id, { data: changed })
}

export interface Neighbours {
  readonly above: StoredRow | null
  readonly below: StoredRow | null
}

/** The rows around the place below `id` (null: on top; undefined: at the end), as they are now. */
export function neighbours({ sheet }: EditContext, id: number | null | undefined): Neighbours {
  const find = (text: string, ...values: string[]) =>
    sheet.database.prepare<string[], StoredRow>(`SELECT * FROM rows ${text} LIMIT 1`).get(...values) ?? null
  if (id === undefined) return { above: find('ORDER BY position DESC'), below: null }
  if (id === null) return { above: null, below: find('ORDER BY position') }
  const above = sheet.stored(id)
  return { above, below: find('WHERE position > ? ORDER BY position', above.position) }
}

/** Puts new rows between two others. @returns their ids */
export function insertBetween(
  { writer }: EditContext,
  { above, below }: Neighbours,
  rows: readonly { readonly split: number; readonly data: string }[],
): number[] {
  const positions = positionsBetween(above?.position ?? null, below?.position ?? null, rows.length)
  return rows.map((row, i) => writer.insert({ ...row, position: positions[i]! }))
}

export function splitNumber(split: 'train' | 'validation'): number {
  return split === 'train' ? 0 : 1
}

/** The text in a cell; null takes the field out. */
export function withText(fields: Fields, column: SheetColumn, text: string | null): Fields {
  const value = text === null ? undefined : valueFrom(text, valueIn(fields, column.name), column)
  return withField(fields, column.name, value)
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en').replaceAll(',', ' ')} ${noun}${count === 1 ? '' : 's'}`
}
