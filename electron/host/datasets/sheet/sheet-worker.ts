/** The thread that owns an opened sheet: blocks of rows, edits, undo, and what views and checks found. */
import { workerData } from 'node:worker_threads'
import { StudioError } from '../../../../engine/errors.ts'
import type { BadRowRecord } from '../../../contract/datasets/cells.ts'
import type { IssueKind } from '../../../contract/datasets/checks.ts'
import type { BulkEdit, Edit } from '../../../contract/datasets/sheet.ts'
import type { Selection } from '../../../contract/datasets/view.ts'
import { withSqlErrors } from '../../../store/sql.ts'
import type { CheckedRows } from '../checks/issues.ts'
import { applyBulkEdit } from '../edits/bulk-edits.ts'
import { clipboardText } from '../edits/clipboard.ts'
import { applyEdit } from '../edits/direct-edits.ts'
import type { EditContext, Label } from '../edits/edit-context.ts'
import type { VersionRows } from '../edits/restore.ts'
import { type Handlers, serve, type Task } from '../threads/serve.ts'
import { fieldsOf, textOf, valueIn } from './cells.ts'
import type { StepEffect } from './journal.ts'
import { OpenSheet, type SheetState } from './open-sheet.ts'
import { recordSaved, type SavedRows, savedIds } from './saved-versions.ts'

/** What the thread is started with. */
export interface SheetFile {
  readonly path: string
  readonly access: 'write' | 'read'
}

export interface SheetEdited {
  readonly state: SheetState
  readonly rows: number
  readonly inserted: number[]
  readonly row: number | null
}

const { path, access } = workerData as SheetFile
/** Set by `open`, which is called first. */
let sheet: OpenSheet
/** So many new ids are told, and rows copied at once. */
const mostTold = 1_000
const mostCopied = 50_000

const handlers = {
  /** Versions after the latest one that was completed are forgotten: their save was cut off. */
  open: ({ versions }: { versions: number }) =>
    withSqlErrors(path, () => {
      sheet = new OpenSheet(path, access)
      if (access === 'write') sheet.database.prepare('DELETE FROM versions WHERE number > ?').run(versions)
    }),

  state: () => sheet.state(),

  block: ({ viewId, offset, limit }: { viewId: string | null; offset: number; limit: number }) =>
    sheet.block(viewId, offset, limit),

  row: (id: number) => sheet.row(id),

  stored: (id: number) => sheet.stored(id),

  ids: (viewId: string | null) => sheet.views.ids(viewId),

  selected: (selection: Selection) => Int32Array.from(sheet.selected(selection)),

  addView: ({ ids, sorted }: { ids: Int32Array; sorted: boolean }) => sheet.views.add(ids, sorted),

  locate({ viewId, row }: { viewId: string | null; row: number }) {
    const offset = sheet.views.ids(viewId).indexOf(row)
    return offset < 0 ? null : offset
  },

  copyText({ rows, columns, header }: { rows: Selection; columns: string[]; header: boolean }) {
    const ids = sheet.selected(rows)
    if (ids.length > mostCopied)
      throw new StudioError(
        'bad-argument',
        `${ids.length} rows are too many for the clipboard; ${mostCopied} fit.`,
        'Save a version and take its file instead.',
      )
    const lines = ids.map((id) => {
      const fields = fieldsOf(sheet.stored(id).data)
      return columns.map((name) => textOf(valueIn(fields, name)))
    })
    return { text: clipboardText(header ? [columns, ...lines] : lines), rows: ids.length }
  },

  edit: ({ revision, edits }: { revision: number; edits: Edit[] }) =>
    changed(revision, (context) => {
      const labels = edits.map((edit) => applyEdit(edit, context))
      return (rows) => labels[0]!(rows) + (labels.length > 1 ? ` and ${labels.length - 1} more` : '')
    }),

  editAll(
    { revision, edit, version }: { revision: number; edit: BulkEdit; version: VersionRows | null },
    task: Task,
  ) {
    return changed(revision, (context) => applyBulkEdit(edit, { ...context, task, version }))
  },

  undo: (revision: number) => stepped(revision, () => sheet.undo(), 'There is nothing to undo.'),

  redo: (revision: number) => stepped(revision, () => sheet.redo(), 'There is nothing to do again.'),

  saved: (rows: SavedRows) => withSqlErrors(path, () => recordSaved(sheet.database, rows)),

  setChecked(checked: CheckedRows) {
    sheet.checked = checked
  },

  /** Rows of an issue that are still as they were checked. */
  issueRows(kind: IssueKind) {
    const found = sheet.checked?.found[kind]
    if (found === undefined) return null
    return found.rows.filter(
      (row, i) => sheet.unchanged(row) && (found.partners === null || sheet.unchanged(found.partners[i]!)),
    )
  },

  versionIds: (number: number) => savedIds(sheet.database, number),

  badRows({ offset, limit }: { offset: number; limit: number }) {
    const kept = sheet.database.prepare<[], number>('SELECT count(*) FROM bad_rows').pluck().get() ?? 0
    const rows = sheet.database
      .prepare<[number, number], BadRowRecord>(
        'SELECT file, line, reason, text FROM bad_rows ORDER BY id LIMIT ? OFFSET ?',
      )
      .all(limit, offset)
    return { total: sheet.meta.get('badRows'), kept, rows }
  },

  close() {
    sheet.close()
  },
} satisfies Handlers

export type SheetHandlers = typeof handlers

serve(handlers)

function refuseStale(revision: number): void {
  if (access === 'read')
    throw new StudioError('bad-argument', 'These rows cannot be edited.', 'Make a copy and edit that.')
  if (revision === sheet.meta.get('revision')) return
  throw new StudioError(
    'conflict',
    'The rows have changed since: another window, or an edit still under way.',
    'Look at the rows as they are now, then repeat the edit.',
  )
}

function changed(revision: number, work: (context: EditContext) => Label): SheetEdited {
  refuseStale(revision)
  return withSqlErrors(path, () => {
    let label: Label = () => ''
    const effect = sheet.change(
      (rows) => label(rows),
      (writer) => {
        label = work({ sheet, writer })
      },
    )
    return edited(effect)
  })
}

function stepped(revision: number, step: () => StepEffect | null, nothing: string): SheetEdited {
  refuseStale(revision)
  const effect = withSqlErrors(path, step)
  if (effect === null) throw new StudioError('bad-argument', nothing, 'Edit something first.')
  return edited(effect)
}

function edited(effect: StepEffect | null): SheetEdited {
  const added = effect?.added ?? []
  const there = [...added, ...(effect?.changed ?? []), ...(effect?.moved ?? [])]
  return {
    state: sheet.state(),
    rows: effect?.rows ?? 0,
    inserted: sheet.inOrder(new Set(added)).slice(0, mostTold),
    row: there.length === 1 ? there[0]! : null,
  }
}
