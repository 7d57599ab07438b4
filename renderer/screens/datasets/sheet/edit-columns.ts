/** What is done to whole columns, and to all rows at once; each is one undo step. */
import type { BulkEdit } from '../../../../electron/contract/datasets/sheet.ts'
import { offerUndo, tellRows } from './edit-rows.ts'
import type { Workbench } from './workbench.svelte.ts'

export async function addColumn(bench: Workbench, name: string): Promise<boolean> {
  if (!bench.editable) return false
  return (await bench.made(bench.open.edit([{ kind: 'add-column', name }]))) !== undefined
}

export async function renameColumn(bench: Workbench, column: string, name: string): Promise<void> {
  const edited = await editAll(bench, { kind: 'rename-column', column, name: name.trim() })
  if (edited !== undefined) offerUndo(bench, edited, `Column ${column} is now ${name.trim()}.`)
}

export async function removeColumn(bench: Workbench, column: string): Promise<void> {
  const edited = await editAll(bench, { kind: 'remove-column', column })
  if (edited !== undefined) offerUndo(bench, edited, `Column ${column} removed.`)
}

/** A change of all rows that says how many it touched, with the way back. @param what as in "12 rows deleted" */
export async function editAllRows(bench: Workbench, edit: BulkEdit, what: string): Promise<boolean> {
  const edited = await editAll(bench, edit)
  if (edited === undefined) return false
  tellRows(bench, edited, what)
  return true
}

async function editAll(bench: Workbench, edit: BulkEdit) {
  if (!bench.editable) return undefined
  return bench.made(bench.open.editAll(edit))
}
