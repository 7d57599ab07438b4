/** An opened sheet: its order, views and journal over one SQLite file; everything the sheet's thread does goes through it. */
import type { Database, Statement } from 'better-sqlite3'
import { StudioError } from '../../../../engine/errors.ts'
import type { Column, GridRow } from '../../../contract/datasets/cells.ts'
import type { Mapping } from '../../../contract/datasets/mapping.ts'
import type { Selection } from '../../../contract/datasets/view.ts'
import type { CheckedRows } from '../checks/issues.ts'
import { blockCharacters, cellOf, fieldsOf, valueIn } from './cells.ts'
import { Journal, type StepEffect } from './journal.ts'
import type { RowWriter, Told } from './step-writer.ts'
import { Views } from './views.ts'
import { MetaTable, openWorkingFile, type SheetColumn } from './working-file.ts'

/** What the sheet itself knows of its state; names and versions are the host's. */
export interface SheetState {
  readonly revision: number
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  readonly columns: Column[]
  readonly mapping: Mapping
  /** Number of the version whose rows these are; null: they are none's. */
  readonly savedAs: number | null
  readonly undo: { readonly label: string; readonly rows: number } | null
  readonly redo: { readonly label: string; readonly rows: number } | null
}

export interface StoredRow {
  readonly id: number
  readonly position: string
  readonly split: number
  readonly revision: number
  readonly data: string
}

export class OpenSheet {
  readonly database: Database
  readonly meta: MetaTable
  readonly journal: Journal
  readonly views: Views
  /** What the last check found. */
  checked: CheckedRows | null = null
  readonly #row: Statement<[number], StoredRow>
  #validationRows: number

  constructor(path: string, access: 'write' | 'read') {
    this.database = openWorkingFile(path, access)
    this.meta = new MetaTable(this.database)
    this.journal = new Journal(this.database)
    this.#row = this.database.prepare('SELECT id, position, split, revision, data FROM rows WHERE id = ?')
    this.views = new Views(this.#readOrder())
    this.#validationRows = this.#countValidation()
  }

  get columns(): SheetColumn[] {
    return this.meta.get('columns')
  }

  state(): SheetState {
    const mapping = this.meta.get('mapping')
    const fieldOf = new Map(Object.entries(mapping.columns).map(([field, column]) => [column, field]))
    const { undoable, redoable } = this.journal
    const step = (found: { label: string; rows: number } | null) =>
      found && { label: found.label, rows: found.rows }
    return {
      revision: this.meta.get('revision'),
      rows: this.views.order.length,
      trainRows: this.views.order.length - this.#validationRows,
      validationRows: this.#validationRows,
      columns: this.columns.map((column) => ({ ...column, field: fieldOf.get(column.name) ?? null })),
      mapping,
      savedAs: this.#savedAs(),
      undo: step(undoable),
      redo: step(redoable),
    }
  }

  find(id: number): StoredRow | null {
    return this.#row.get(id) ?? null
  }

  /** Whether a row is as the last check saw it. */
  unchanged(id: number): boolean {
    const row = this.find(id)
    return row !== null && this.checked !== null && row.revision <= this.checked.revision
  }

  /** @throws StudioError `not-found` */
  stored(id: number): StoredRow {
    const row = this.find(id)
    if (row !== null) return row
    throw new StudioError(
      'not-found',
      `There is no row ${id} any more.`,
      'It was deleted; undo brings it back.',
    )
  }

  block(
    viewId: string | null,
    offset: number,
    limit: number,
  ): { revision: number; total: number; rows: GridRow[] } {
    const ids = this.views.ids(viewId)
    const names = this.columns.map(({ name }) => name)
    const rows = Array.from(ids.subarray(offset, offset + limit), (id) =>
      this.#shown(id, names, blockCharacters),
    )
    return { revision: this.meta.get('revision'), total: ids.length, rows }
  }

  /** One row with whole texts. @throws StudioError `not-found` */
  row(id: number): GridRow {
    return this.#shown(
      id,
      this.columns.map(({ name }) => name),
    )
  }

  #shown(id: number, names: readonly string[], most?: number): GridRow {
    const { split, data } = this.stored(id)
    const fields = fieldsOf(data)
    return {
      id,
      split: split === 0 ? 'train' : 'validation',
      cells: names.map((name) => cellOf(valueIn(fields, name), most)),
    }
  }

  /** Ids of a selection in the order of its view, or of the dataset. @throws StudioError `not-found` for rows that are gone */
  selected(selection: Selection): number[] {
    if ('ids' in selection) {
      const wanted = new Set(selection.ids)
      for (const id of wanted) this.stored(id)
      return this.inOrder(wanted)
    }
    const ids = this.views.ids(selection.viewId)
    const found = new Set<number>()
    for (const [from, to] of selection.ranges) for (const id of ids.subarray(from, to)) found.add(id)
    return [...found]
  }

  /** In the dataset's order. */
  inOrder(ids: ReadonlySet<number>): number[] {
    if (ids.size < 200) {
      const places = [...ids].map((id) => [this.stored(id).position, id] as const)
      return places.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id)
    }
    const list: number[] = []
    for (const id of this.views.order) if (ids.has(id)) list.push(id)
    return list
  }

  /** Runs `work` as one undo step. @throws what `work` throws; then nothing has changed */
  change(label: (rows: number) => string, work: (writer: RowWriter) => void): StepEffect | null {
    const effect = this.journal.record(label, work)
    if (effect !== null) this.#follow(effect)
    return effect
  }

  undo(): StepEffect | null {
    const effect = this.journal.undo()
    if (effect !== null) this.#follow(effect)
    return effect
  }

  redo(): StepEffect | null {
    const effect = this.journal.redo()
    if (effect !== null) this.#follow(effect)
    return effect
  }

  close(): void {
    this.database.close()
  }

  #savedAs(): number | null {
    const at = this.database
      .prepare<[number], number>('SELECT max(version) FROM saves WHERE step = ?')
      .pluck()
    return at.get(this.meta.get('head')) ?? null
  }

  #follow({ changed, added, removed, moved, recount }: StepEffect): void {
    const told = { changed, added, removed, moved }
    this.views.follow(told, this.#orderAfter(told))
    if (recount) this.#validationRows = this.#countValidation()
  }

  /** The order changed where a few rows changed, or read anew. */
  #orderAfter({ added, removed, moved }: Told): Int32Array {
    if (added === null || removed === null || moved === null) return this.#readOrder()
    const changes = added.length + removed.length + moved.length
    if (changes === 0) return this.views.order
    if (changes > fewRows) return this.#readOrder()
    const above = this.database
      .prepare<[string], number>('SELECT id FROM rows WHERE position < ? ORDER BY position DESC LIMIT 1')
      .pluck()
    let order = without(this.views.order, [...removed, ...moved])
    for (const id of this.inOrder(new Set([...added, ...moved]))) {
      const before = above.get(this.stored(id).position)
      order = withOne(order, before === undefined ? 0 : order.indexOf(before) + 1, id)
    }
    return order
  }

  #readOrder(): Int32Array {
    const ids = this.database.prepare<[], number>('SELECT id FROM rows ORDER BY position').pluck()
    return Int32Array.from(ids.all())
  }

  /** By the index that holds only them. */
  #countValidation(): number {
    return this.database.prepare<[], number>('SELECT count(*) FROM rows WHERE split = 1').pluck().get() ?? 0
  }
}

/** Up to so many rows are taken out of and put into the order one by one. */
const fewRows = 20

function without(order: Int32Array, gone: readonly number[]): Int32Array {
  let list = order
  for (const id of gone) {
    const at = list.indexOf(id)
    if (at < 0) continue
    const shorter = new Int32Array(list.length - 1)
    shorter.set(list.subarray(0, at))
    shorter.set(list.subarray(at + 1), at)
    list = shorter
  }
  return list
}

function withOne(order: Int32Array, at: number, id: number): Int32Array {
  const longer = new Int32Array(order.length + 1)
  longer.set(order.subarray(0, at))
  longer[at] = id
  longer.set(order.subarray(at), at + 1)
  return longer
}
