/** Selecting with the pointer: click, Shift and Ctrl click, and drags over cells or row numbers. */
import type { Workbench } from '../sheet/workbench.svelte.ts'

/** Within so many pixels of the edge a drag scrolls the grid. */
const edge = 28
const perFrame = 0.35

/** Handles a press on a row; follows the pointer until it is let go. */
export function followPointer(bench: Workbench, grid: HTMLElement, event: PointerEvent): void {
  const target = event.target as HTMLElement
  if (event.button !== 0 || target.closest('textarea, button')) return
  const offset = rowAt(target)
  if (offset === undefined) return
  grid.focus({ preventScroll: true })
  const byNumber = target.closest('[data-number]') !== null
  const { selection } = bench
  const mod = event.ctrlKey || event.metaKey
  if (byNumber || mod) selection.selectRow(offset, event.shiftKey ? 'extend' : mod ? 'toggle' : 'only')
  else selection.moveTo({ offset, column: columnAt(target) ?? selection.cursor.column }, event.shiftKey)
  if (mod) return
  // No text is marked while cells are.
  event.preventDefault()
  drag(bench, grid, byNumber, event)
}

function drag(bench: Workbench, grid: HTMLElement, byNumber: boolean, start: PointerEvent): void {
  const { selection } = bench
  let last: { readonly x: number; readonly y: number } = { x: start.clientX, y: start.clientY }
  let frame = 0
  const extend = () => {
    const under = document.elementFromPoint(last.x, last.y)
    const offset = under instanceof HTMLElement && grid.contains(under) ? rowAt(under) : undefined
    if (offset === undefined) return
    if (byNumber) selection.selectRow(offset, 'extend')
    else {
      const column = columnAt(under as HTMLElement) ?? selection.cursor.column
      if (offset !== selection.cursor.offset || column !== selection.cursor.column)
        selection.moveTo({ offset, column }, true)
    }
  }
  const scroll = () => {
    const box = grid.getBoundingClientRect()
    const above = Math.min(0, last.y - (box.top + edge + 30))
    const below = Math.max(0, last.y - (box.bottom - edge))
    if (above + below !== 0) {
      grid.scrollTop += Math.round((above + below) * perFrame)
      extend()
    }
    frame = requestAnimationFrame(scroll)
  }
  const move = (event: PointerEvent) => {
    last = { x: event.clientX, y: event.clientY }
    extend()
  }
  const end = () => {
    cancelAnimationFrame(frame)
    window.removeEventListener('pointermove', move)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', end, { once: true })
  window.addEventListener('pointercancel', end, { once: true })
  frame = requestAnimationFrame(scroll)
}

function rowAt(target: HTMLElement): number | undefined {
  const text = target.closest<HTMLElement>('[data-offset]')?.dataset.offset
  return text === undefined ? undefined : Number(text)
}

function columnAt(target: HTMLElement): number | undefined {
  const text = target.closest<HTMLElement>('[data-column]')?.dataset.column
  return text === undefined ? undefined : Number(text)
}
