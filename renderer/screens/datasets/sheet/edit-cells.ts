/** Editing cells: open, store, put back when the host refuses, clear, paste, copy. */
import type { Edit } from '../../../../electron/contract/datasets/sheet.ts'
import { CellEdit } from './cell-edit.svelte.ts'
import { rowAt } from './edit-rows.ts'
import type { Workbench } from './workbench.svelte.ts'

export type MoveAfter = 'down' | 'up' | 'right' | 'left' | 'stay'

const steps = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] } as const

/** @param typed the character that started it and replaces the text */
export async function startEdit(bench: Workbench, typed?: string): Promise<void> {
  const { cursor } = bench.selection
  const row = bench.row
  const column = bench.columns.shown[cursor.column]
  if (!bench.editable || row === undefined || column === undefined) return
  bench.selection.collapse()
  bench.grid?.reveal(cursor)
  const edit = new CellEdit(row.id, cursor.offset, column, typed)
  const cell = row.cells[column.index]
  if (cell !== undefined && cell.chars === cell.text.length) edit.fill(cell.text, cell.kind)
  bench.editing = edit
  if (edit.ready) return
  const whole = (await bench.fetchRow(row.id))?.cells[column.index]
  if (whole !== undefined) edit.fill(whole.text, whole.kind)
  else if (bench.editing === edit) cancelEdit(bench)
}

export function cancelEdit(bench: Workbench): void {
  bench.editing = undefined
  bench.grid?.focus()
}

/** Stores the text and moves on; the cell shows it at once. */
export function commitEdit(bench: Workbench, then: MoveAfter): void {
  const { editing } = bench
  if (editing === undefined) return
  bench.editing = undefined
  bench.grid?.focus()
  const [down, right] = steps[then]
  bench.move(down, right)
  if (editing.changed) void store(bench, editing)
}

async function store(bench: Workbench, edit: CellEdit): Promise<void> {
  const { row, offset, column, text } = edit
  bench.rows.patch(offset, column.index, text)
  const cells = [{ row, column: column.name, text }]
  const done = await bench.open.edit([{ kind: 'cells', cells }])
  if (done !== undefined) return bench.refresh()
  const failure = bench.open.refused
  await bench.rows.refresh()
  if (failure === undefined) return
  edit.failure = failure
  // What was typed is never lost: the cell opens again, or waits until the one being edited is done.
  if (bench.editing === undefined) await reopen(bench, edit)
  else bench.rejected = [...bench.rejected, { edit, failure }]
}

/** Opens the editor again with a text that could not be stored. */
export async function reopen(bench: Workbench, edit: CellEdit): Promise<void> {
  bench.rejected = bench.rejected.filter((other) => other.edit !== edit)
  const column = bench.columns.shown.findIndex(({ name }) => name === edit.column.name)
  if (!(await bench.goToRow(edit.row, Math.max(0, column)))) return
  bench.editing = edit
}

/** Empties the selected cells: texts become empty, other values go. */
export async function clearCells(bench: Workbench): Promise<void> {
  if (!bench.editable || bench.rows.total === 0) return
  const names = new Set(bench.selectedColumns())
  const chosen = bench.columns.shown.filter((column) => names.has(column.name))
  const rows = bench.selectedRows()
  const part = (texts: boolean): Edit[] => {
    const columns = chosen.filter((column) => (column.kind === 'text') === texts).map(({ name }) => name)
    return columns.length === 0 ? [] : [{ kind: 'fill', rows, columns, text: texts ? '' : null }]
  }
  await bench.made(bench.open.edit([...part(true), ...part(false)]))
}

/** Puts one text into every selected cell. */
export async function fillCells(bench: Workbench, text: string): Promise<void> {
  const columns = bench.selectedColumns()
  await bench.made(bench.open.edit([{ kind: 'fill', rows: bench.selectedRows(), columns, text }]))
}

/** One value without tabs, line breaks or quotes around it. */
const isSingle = (text: string) => /^[^\t\r\n"][^\t\r\n]*(\r?\n)?$/.test(text)

/** Puts a block from a spreadsheet over the cells from the cursor on; lines beyond the last row become new rows. */
export async function paste(bench: Workbench, text: string): Promise<void> {
  if (!bench.editable || text === '') return
  const { selection, columns, rows } = bench
  if (isSingle(text) && selection.isBlock) return fillCells(bench, text.replace(/\r?\n$/, ''))
  const left = selection.wholeRows ? 0 : selection.columnRange[0]
  const top = selection.rowRanges[0]?.[0] ?? 0
  const row = rows.total === 0 ? null : (await rowAt(bench, top))?.id
  if (row === undefined) return
  const names = columns.shown.slice(left).map((column) => column.name)
  await bench.made(bench.open.edit([{ kind: 'paste', viewId: rows.viewId, row, columns: names, text }]), () =>
    bench.goTo({ offset: top, column: left }),
  )
}

/** The selected cells as a spreadsheet takes them. */
export async function copiedText(bench: Workbench): Promise<string> {
  const input = { sheetId: bench.open.id, rows: bench.selectedRows(), columns: bench.selectedColumns() }
  const { text } = await bench.studio.client.datasets.copyText({ ...input, header: false })
  return text
}
