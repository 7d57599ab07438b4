/** The keyboard in the grid: as in spreadsheets. */
import { clearCells, startEdit } from '../sheet/edit-cells.ts'
import { deleteRows } from '../sheet/edit-rows.ts'
import type { Workbench } from '../sheet/workbench.svelte.ts'

/** @returns whether the key meant something here */
export function pressInGrid(bench: Workbench, event: KeyboardEvent): boolean {
  const mod = event.ctrlKey || event.metaKey
  if (event.altKey) return false
  const act = mod ? withMod(bench, event) : (plain(bench, event) ?? typed(bench, event))
  if (act === undefined) return false
  act()
  return true
}

type Act = (() => void) | undefined

function plain(bench: Workbench, event: KeyboardEvent): Act {
  const { selection, rows, columns, grid } = bench
  const { cursor } = selection
  const extend = event.shiftKey
  const page = grid?.pageRows ?? 1
  switch (event.key) {
    case 'ArrowUp':
      return () => bench.move(-1, 0, extend)
    case 'ArrowDown':
      return () => bench.move(1, 0, extend)
    case 'ArrowLeft':
      return () => bench.move(0, -1, extend)
    case 'ArrowRight':
      return () => bench.move(0, 1, extend)
    case 'PageUp':
      return () => bench.move(-page, 0, extend)
    case 'PageDown':
      return () => bench.move(page, 0, extend)
    case 'Home':
      return () => bench.goTo({ ...cursor, column: 0 }, extend)
    case 'End':
      return () => bench.goTo({ ...cursor, column: columns.shown.length - 1 }, extend)
    case 'Tab':
      return tab(bench, event.shiftKey ? -1 : 1)
    case 'Enter':
    case 'F2':
      return () => void startEdit(bench)
    case 'Escape':
      return selection.wholeRows || selection.isBlock ? () => selection.collapse() : undefined
    case 'Delete':
    case 'Backspace':
      return () => void (selection.wholeRows ? deleteRows(bench) : clearCells(bench))
    case ' ':
      return event.shiftKey && rows.total > 0 ? () => selection.rectangleToRows() : undefined
    default:
      return undefined
  }
}

function withMod(bench: Workbench, event: KeyboardEvent): Act {
  const { selection, rows, columns } = bench
  const { cursor } = selection
  const extend = event.shiftKey
  switch (event.key) {
    case 'a':
    case 'A':
      return () => selection.selectAll(rows.total)
    case 'Home':
      return () => bench.goTo({ offset: 0, column: 0 }, extend)
    case 'End':
      return () => bench.goTo({ offset: rows.total - 1, column: columns.shown.length - 1 }, extend)
    case 'ArrowUp':
      return () => bench.goTo({ ...cursor, offset: 0 }, extend)
    case 'ArrowDown':
      return () => bench.goTo({ ...cursor, offset: rows.total - 1 }, extend)
    case 'ArrowLeft':
      return () => bench.goTo({ ...cursor, column: 0 }, extend)
    case 'ArrowRight':
      return () => bench.goTo({ ...cursor, column: columns.shown.length - 1 }, extend)
    default:
      return undefined
  }
}

/** To the next cell, on to the next row; at either end of the grid the key leaves it. */
function tab(bench: Workbench, by: -1 | 1): Act {
  const { selection, rows, columns } = bench
  const width = columns.shown.length
  const { offset, column } = selection.cursor
  const next = offset * width + column + by
  if (next < 0 || next >= rows.total * width) return undefined
  return () => bench.goTo({ offset: Math.floor(next / width), column: next % width })
}

/** A printable character starts an edit that replaces the text. */
function typed(bench: Workbench, event: KeyboardEvent): Act {
  if (event.key.length !== 1 || !bench.editable || event.isComposing) return undefined
  return () => void startEdit(bench, event.key)
}
