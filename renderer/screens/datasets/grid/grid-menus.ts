/** Where the menus of the grid open: at the pointer, or by the keyboard at the cell of the cursor. */
import type { Workbench } from '../sheet/workbench.svelte.ts'
import { cellId } from './cell-id.ts'
import type { ShownColumn } from './column-layout.svelte.ts'

/** A right click on a row outside the selection selects it first. @returns the point of the window */
export function rowMenuPoint(bench: Workbench, event: MouseEvent): readonly [x: number, y: number] {
  const { selection } = bench
  if (event.button === 2) {
    selectPointed(bench, event.target as HTMLElement)
    return [event.clientX, event.clientY]
  }
  const cell = document.getElementById(cellId(selection.cursor.offset, selection.cursor.column))
  const box = cell?.getBoundingClientRect()
  return box ? [box.left + 8, box.bottom] : [event.clientX, event.clientY]
}

function selectPointed({ selection }: Workbench, target: HTMLElement): void {
  const offset = Number(target.closest<HTMLElement>('[data-offset]')?.dataset.offset ?? Number.NaN)
  if (Number.isNaN(offset) || selection.rowRanges.some(([from, to]) => from <= offset && offset < to)) return
  const column = target.closest<HTMLElement>('[data-column]')?.dataset.column
  selection.moveTo({ offset, column: Number(column ?? selection.cursor.column) })
}

/** The column of the cursor, and the head below which its menu opens. */
export function columnOfCursor(
  { columns, selection }: Workbench,
  grid: HTMLElement | undefined,
): readonly [ShownColumn, HTMLElement] | undefined {
  const column = columns.shown[selection.cursor.column]
  const head = grid?.querySelector<HTMLElement>(`[data-head="${CSS.escape(column?.name ?? '')}"]`)
  return column && head ? [column, head] : undefined
}
