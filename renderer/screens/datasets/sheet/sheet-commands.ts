/** What can be done with an opened dataset, for the command palette and the keyboard. */
import type { Command } from '../../../commands/registry.svelte.ts'
import { startEdit } from './edit-cells.ts'
import { deleteRows, duplicateRows, insertRow, moveToSplit, redo, undo } from './edit-rows.ts'
import { openSearch } from './search-actions.ts'
import type { Workbench } from './workbench.svelte.ts'

export interface SheetActions {
  readonly save: () => void
  readonly copy: () => void
  readonly toggleInspector: () => void
  readonly showKeys: () => void
}

export function sheetCommands(bench: Workbench, actions: SheetActions): readonly Command[] {
  const group = 'Dataset'
  const { open, rows, view, selection, columns } = bench
  const locked = !bench.editable
  const none = locked || rows.total === 0
  const { undo: last, redo: next } = open.sheet ?? {}
  const column = columns.shown[selection.cursor.column]?.name ?? ''
  return [
    {
      id: 'dataset.save',
      title: 'Save a version',
      group,
      keys: 'Mod+S',
      disabled: !open.dirty,
      run: actions.save,
    },
    {
      id: 'dataset.undo',
      title: last ? `Undo: ${last.label}` : 'Undo',
      group,
      keys: 'Mod+Z',
      disabled: locked || !last,
      run: () => void undo(bench),
    },
    {
      id: 'dataset.redo',
      title: next ? `Redo: ${next.label}` : 'Redo',
      group,
      keys: 'Mod+Shift+Z',
      disabled: locked || !next,
      run: () => void redo(bench),
    },
    {
      id: 'dataset.redo-too',
      title: 'Redo (as in spreadsheets)',
      group,
      keys: 'Mod+Y',
      disabled: locked || !next,
      run: () => void redo(bench),
    },
    {
      id: 'dataset.search',
      title: 'Search in the rows',
      group,
      keys: 'Mod+F',
      keywords: 'find',
      run: () => openSearch(bench, false),
    },
    {
      id: 'dataset.replace',
      title: 'Search and replace',
      group,
      keys: 'Mod+H',
      disabled: locked,
      run: () => openSearch(bench, true),
    },
    { id: 'dataset.edit', title: 'Edit the cell', group, disabled: none, run: () => void startEdit(bench) },
    {
      id: 'dataset.add-below',
      title: 'Add a row below',
      group,
      keys: 'Mod+Enter',
      disabled: locked,
      run: () => void insertRow(bench, 'below'),
    },
    {
      id: 'dataset.add-above',
      title: 'Add a row above',
      group,
      keys: 'Mod+Shift+Enter',
      disabled: locked,
      run: () => void insertRow(bench, 'above'),
    },
    {
      id: 'dataset.duplicate',
      title: 'Duplicate the selected rows',
      group,
      keys: 'Mod+D',
      disabled: none,
      run: () => void duplicateRows(bench),
    },
    {
      id: 'dataset.delete',
      title: 'Delete the selected rows',
      group,
      keys: 'Mod+Delete',
      disabled: none,
      run: () => void deleteRows(bench),
    },
    {
      id: 'dataset.to-train',
      title: 'Move the selected rows to training',
      group,
      disabled: none,
      run: () => void moveToSplit(bench, 'train'),
    },
    {
      id: 'dataset.to-validation',
      title: 'Move the selected rows to validation',
      group,
      disabled: none,
      run: () => void moveToSplit(bench, 'validation'),
    },
    {
      id: 'dataset.select-all',
      title: 'Select all rows',
      group,
      disabled: rows.total === 0,
      run: () => selection.selectAll(rows.total),
    },
    {
      id: 'dataset.sort-up',
      title: `Sort by ${column}, ascending`,
      group,
      disabled: column === '',
      run: () => view.sortBy(column, 'ascending'),
    },
    {
      id: 'dataset.sort-down',
      title: `Sort by ${column}, descending`,
      group,
      disabled: column === '',
      run: () => view.sortBy(column, 'descending'),
    },
    {
      id: 'dataset.show-all',
      title: 'Show all rows in their order',
      group,
      disabled: view.whole,
      run: () => view.clear(),
    },
    {
      id: 'dataset.show-unsaved',
      title: 'Show only rows changed since the last version',
      group,
      disabled: !open.dirty,
      run: () => view.set({ unsaved: true }),
    },
    { id: 'dataset.copy', title: 'Make a copy of this dataset', group, run: actions.copy },
    {
      id: 'dataset.inspector',
      title: 'Show or hide the inspector',
      group,
      keys: 'Mod+I',
      run: actions.toggleInspector,
    },
    { id: 'dataset.keys', title: 'Keys of the grid', group, run: actions.showKeys },
  ]
}
