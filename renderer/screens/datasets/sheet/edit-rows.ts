/** What is done to whole rows: add, duplicate, delete, move to the other split, undo and redo. */
import type { GridRow, Split } from '../../../../electron/contract/datasets/cells.ts'
import type { Edited } from '../../../../electron/contract/datasets/sheet.ts'
import { formatExact } from '../../../format/numbers.ts'
import { toasts } from '../../../state/toasts.svelte.ts'
import type { Workbench } from './workbench.svelte.ts'

/** An empty row above or below the cursor; the first text cell of it is ready to be written. */
export async function insertRow(bench: Workbench, where: 'above' | 'below'): Promise<void> {
  if (!bench.editable) return
  const below = await neighbour(bench, where)
  const split = bench.row?.split
  const part = split === undefined ? {} : { split }
  await bench.made(
    bench.open.edit([{ kind: 'insert', ...below, rows: [blank(bench)], ...part }]),
    async ({ inserted: [row] }) => row !== undefined && bench.goToRow(row, 0),
  )
}

/** A row with nothing in it: empty texts where the mapping reads texts. */
function blank(bench: Workbench): Record<string, string> {
  const read = bench.columns.all.filter(({ field, kind }) => field !== null && kind === 'text')
  return Object.fromEntries(read.map(({ name }) => [name, '']))
}

/** The row that the new one is put under: `null` on top, nothing at the end. */
async function neighbour(bench: Workbench, where: 'above' | 'below'): Promise<{ below?: number | null }> {
  const [from, to] = bench.selection.rowRanges.at(where === 'above' ? 0 : -1) ?? [0, 0]
  if (bench.rows.total === 0) return {}
  const offset = where === 'above' ? from - 1 : to - 1
  if (offset < 0) return { below: null }
  const row = await rowAt(bench, offset)
  return row === undefined ? {} : { below: row.id }
}

/** The row at a place of the view, also where it is not at hand. */
export async function rowAt(bench: Workbench, offset: number): Promise<GridRow | undefined> {
  const known = bench.rows.at(offset)
  if (known !== undefined) return known
  const input = { sheetId: bench.open.id, viewId: bench.rows.viewId, offset, limit: 1 }
  return (await bench.studio.client.datasets.rows(input)).rows[0]
}

export async function duplicateRows(bench: Workbench): Promise<void> {
  if (!bench.editable || bench.rows.total === 0) return
  const edited = await bench.made(bench.open.edit([{ kind: 'duplicate', rows: bench.selectedRows() }]))
  if (edited === undefined) return
  tellRows(bench, edited, 'duplicated')
}

export async function deleteRows(bench: Workbench): Promise<void> {
  if (!bench.editable || bench.rows.total === 0) return
  const first = bench.selection.rowRanges[0]?.[0] ?? 0
  const { column } = bench.selection.cursor
  const edited = await bench.made(bench.open.edit([{ kind: 'delete', rows: bench.selectedRows() }]), () =>
    bench.goTo({ offset: first, column }),
  )
  if (edited !== undefined) tellRows(bench, edited, 'deleted')
}

export async function moveToSplit(bench: Workbench, split: Split): Promise<void> {
  if (!bench.editable || bench.rows.total === 0) return
  const edited = await bench.made(bench.open.edit([{ kind: 'set-split', rows: bench.selectedRows(), split }]))
  if (edited === undefined) return
  const name = split === 'train' ? 'training rows' : 'validation rows'
  tellRows(bench, edited, `moved to the ${name}`)
}

export async function undo(bench: Workbench): Promise<void> {
  if (!bench.editable || bench.open.sheet?.undo === null) return
  await bench.made(bench.open.undo())
}

export async function redo(bench: Workbench): Promise<void> {
  if (!bench.editable || bench.open.sheet?.redo === null) return
  await bench.made(bench.open.redo())
}

/** Says what was done, with the way back. */
export function offerUndo(bench: Workbench, edited: Edited, text: string): void {
  const { revision } = edited.sheet
  const back = () => {
    // Only while nothing was done since: an older change is not what Undo would take back.
    if (bench.open.sheet?.revision === revision) void undo(bench)
    else
      toasts.show({
        tone: 'info',
        text: 'More was changed since. Undo in the toolbar goes back step by step.',
      })
  }
  toasts.show({ tone: 'info', text, action: { label: 'Undo', run: back } })
}

/** The same for a change of many rows, which may have found nothing to change. */
export function tellRows(bench: Workbench, edited: Edited, what: string): void {
  if (edited.rows > 0) offerUndo(bench, edited, rowsText(edited.rows, what))
  else toasts.show({ tone: 'info', text: 'Nothing had to be changed.' })
}

function rowsText(count: number, what: string): string {
  return `${formatExact(count)} ${count === 1 ? 'row' : 'rows'} ${what}`
}
