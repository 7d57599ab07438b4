/** What the search bar does: find, replace one, replace all. */
import type { Selection } from '../../../../electron/contract/datasets/view.ts'
import { failureOf } from '../../../api/failure.ts'
import { tellRows } from './edit-rows.ts'
import type { Workbench } from './workbench.svelte.ts'

export function openSearch(bench: Workbench, replacing: boolean): void {
  bench.search.open = true
  if (replacing) bench.search.replacing = true
}

export function closeSearch(bench: Workbench): void {
  bench.search.open = false
  bench.search.replacing = false
  bench.grid?.focus()
}

/** Rows that a replacement is about: those shown; null when these are all. */
export function shownRows(bench: Workbench): Selection | null {
  const { rows, view } = bench
  return view.whole || rows.total === 0 ? null : { viewId: rows.viewId, ranges: [[0, rows.total]] }
}

/** Goes to the next place from the cursor on. @returns what to tell the person when there is none */
export async function findNext(
  bench: Workbench,
  direction: 'next' | 'previous',
): Promise<string | undefined> {
  const { search, rows, selection, open } = bench
  if (search.query === undefined) return undefined
  const input = { sheetId: open.id, viewId: rows.viewId, search: search.query, direction }
  try {
    const found = await bench.studio.client.datasets.find({ ...input, from: selection.cursor.offset })
    if (found === null) return 'Not found'
    const column = bench.columns.shown.findIndex(({ name }) => name === found.column)
    bench.goTo({ offset: found.offset, column: Math.max(0, column) })
    return undefined
  } catch (error) {
    return failureOf(error).message
  }
}

/** Replaces in the cell at the cursor, then goes to the next one. */
export async function replaceHere(bench: Workbench): Promise<void> {
  const { search, selection, row, columns } = bench
  const column = columns.shown[selection.cursor.column]?.name
  if (search.query === undefined || row === undefined || column === undefined) return
  const here = { ...search.query, columns: [column] }
  const rows = { ids: [row.id] }
  await bench.made(
    bench.open.editAll({ kind: 'replace', search: here, replacement: search.replacement, rows }),
  )
  await findNext(bench, 'next')
}

export async function replaceAll(bench: Workbench): Promise<void> {
  const { query, replacement } = bench.search
  if (query === undefined) return
  const rows = shownRows(bench)
  const edited = await bench.made(bench.open.editAll({ kind: 'replace', search: query, replacement, rows }))
  if (edited !== undefined) tellRows(bench, edited, 'changed by “Replace all”')
}
