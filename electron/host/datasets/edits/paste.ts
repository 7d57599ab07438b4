/** A block from a spreadsheet laid over the rows of a view. */
import { printJson } from '../../../../engine/data/json.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { Edit } from '../../../contract/datasets/sheet.ts'
import type { Fields } from '../sheet/cells.ts'
import { cellsFromClipboard } from './clipboard.ts'
import {
  columnNamed,
  counted,
  type EditContext,
  insertBetween,
  type Label,
  neighbours,
  updateFields,
  withText,
} from './edit-context.ts'

const mostLines = 100_000

/** @throws StudioError `bad-argument` where the block is wider than the columns, too long, or a text does not fit */
export function paste(
  { viewId, row, columns, text }: Extract<Edit, { kind: 'paste' }>,
  context: EditContext,
): Label {
  const lines = cellsFromClipboard(text)
  const width = lines.reduce((most, cells) => Math.max(most, cells.length), 0)
  if (width > columns.length)
    throw new StudioError(
      'bad-argument',
      `The block is ${counted(width, 'cell')} wide, but only ${counted(columns.length, 'column')} are there from this cell on.`,
      'Paste further to the left, or add columns first.',
    )
  if (lines.length > mostLines)
    throw new StudioError(
      'bad-argument',
      `The block has ${counted(lines.length, 'line')}; at most ${counted(mostLines, 'line')} can be pasted at once.`,
      'Save them as a file and import it.',
    )
  const targets = columns.map((name) => columnNamed(context, name))
  const put = (fields: Fields, cells: readonly string[]) =>
    cells.reduce((now, cell, i) => withText(now, targets[i]!, cell), fields)

  const shown = rowsFrom(context, viewId, row)
  for (const [i, id] of shown.slice(0, lines.length).entries())
    updateFields(context, id, (fields) => put(fields, lines[i]!))
  const more = lines.slice(shown.length)
  if (more.length > 0) {
    const place = neighbours(context, shown.at(-1))
    const split = place.above?.split ?? 0
    insertBetween(
      context,
      place,
      more.map((cells) => ({ split, data: printJson(put({}, cells)) })),
    )
  }
  return () => `Paste ${counted(lines.length, 'line')}`
}

/** Ids from a row of the view on, as many as a block may have. */
function rowsFrom({ sheet }: EditContext, viewId: string | null, row: number | null): number[] {
  if (row === null) return []
  const ids = sheet.views.ids(viewId)
  const at = ids.indexOf(row)
  if (at < 0)
    throw new StudioError('not-found', `Row ${row} is not shown any more.`, 'Choose the cell again.')
  return [...ids.subarray(at, at + mostLines)]
}
