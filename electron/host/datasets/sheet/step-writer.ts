/** Changes rows within a step of the journal, and writes down what each was like before. */
import type { Database, Statement } from 'better-sqlite3'
import type { Meta, MetaTable } from './working-file.ts'

export interface RowValues {
  readonly position: string
  /** 0 train, 1 validation. */
  readonly split: number
  readonly data: string
}

/** Ids by what happened to the row; null when there are too many to be told one by one. */
export interface Told {
  readonly changed: readonly number[] | null
  readonly added: readonly number[] | null
  readonly removed: readonly number[] | null
  readonly moved: readonly number[] | null
}

/** Changes rows within a step; each is written down the first time a row is touched. */
export interface RowWriter {
  readonly revision: number
  update(id: number, values: Partial<RowValues>): void
  /** @param id of a row that was there before; by default a new one */
  insert(values: RowValues, id?: number): number
  remove(id: number): void
  /** Sets columns or mapping. */
  describe(values: Partial<Pick<Meta, 'columns' | 'mapping'>>): void
}

/** So many ids are told one by one. */
export const toldIds = 20_000
export class StepWriter implements RowWriter {
  readonly revision: number
  readonly #step: number
  readonly #database: Database
  readonly #meta: MetaTable
  readonly #ids: Record<keyof Told, Set<number>> = {
    changed: new Set(),
    added: new Set(),
    removed: new Set(),
    moved: new Set(),
  }
  #described = false
  /** Whether the numbers of training and validation rows may have changed. */
  recount = false
  readonly #note: Statement<[number, number, number, number, number]>
  readonly #noteAbsent: Statement<[number, number]>
  readonly #forget: Statement<[number, number]>
  // One for each column: naming a column costs the work on its index, also where it stays the same.
  readonly #setPosition: Statement<[string, number, number]>
  readonly #setSplit: Statement<[number, number, number]>
  readonly #setData: Statement<[string, number, number]>
  readonly #insert: Statement<[number | null, string, number, number, string]>
  readonly #delete: Statement<[number]>

  constructor(database: Database, meta: MetaTable, step: number, revision: number) {
    this.#database = database
    this.#meta = meta
    this.#step = step
    this.revision = revision
    // The first image of a row counts; what it says nothing about is added.
    this.#note = database.prepare(`
      INSERT INTO images SELECT ?, id, 1, iif(?, position, NULL), iif(?, split, NULL), iif(?, data, NULL)
      FROM rows WHERE id = ?
      ON CONFLICT DO UPDATE SET position = coalesce(position, excluded.position), split = coalesce(split, excluded.split),
                                data = coalesce(data, excluded.data) WHERE present = 1`)
    this.#noteAbsent = database.prepare(
      'INSERT INTO images (step, row, present) VALUES (?, ?, 0) ON CONFLICT DO NOTHING',
    )
    this.#forget = database.prepare('DELETE FROM images WHERE step = ? AND row = ?')
    const set = <T>(column: keyof RowValues) =>
      database.prepare<[T, number, number]>(`UPDATE rows SET ${column} = ?, revision = ? WHERE id = ?`)
    this.#setPosition = set('position')
    this.#setSplit = set('split')
    this.#setData = set('data')
    this.#insert = database.prepare(
      'INSERT INTO rows (id, position, split, revision, data) VALUES (?, ?, ?, ?, ?)',
    )
    this.#delete = database.prepare('DELETE FROM rows WHERE id = ?')
  }

  update(id: number, { position, split, data }: Partial<RowValues>): void {
    if (split !== undefined) this.recount = true
    const flag = (value: unknown) => (value === undefined ? 0 : 1)
    this.#note.run(this.#step, flag(position), flag(split), flag(data), id)
    if (position !== undefined) this.#setPosition.run(position, this.revision, id)
    if (split !== undefined) this.#setSplit.run(split, this.revision, id)
    if (data !== undefined) this.#setData.run(data, this.revision, id)
    if (this.#ids.added.has(id)) return
    if (position !== undefined) {
      this.#ids.changed.delete(id)
      this.#ids.moved.add(id)
    } else if (!this.#ids.moved.has(id)) this.#ids.changed.add(id)
  }

  insert({ position, split, data }: RowValues, given?: number): number {
    this.recount = true
    const { lastInsertRowid } = this.#insert.run(given ?? null, position, split, this.revision, data)
    const id = Number(lastInsertRowid)
    // A row that was removed in this very step and comes back has its image already.
    this.#noteAbsent.run(this.#step, id)
    if (this.#ids.removed.delete(id)) this.#ids.moved.add(id)
    else this.#ids.added.add(id)
    return id
  }

  remove(id: number): void {
    this.recount = true
    if (this.#ids.added.delete(id)) this.#forget.run(this.#step, id)
    else {
      this.#note.run(this.#step, 1, 1, 1, id)
      this.#ids.changed.delete(id)
      this.#ids.moved.delete(id)
      this.#ids.removed.add(id)
    }
    this.#delete.run(id)
  }

  describe(values: Partial<Pick<Meta, 'columns' | 'mapping'>>): void {
    const text = this.#database
      .prepare<[number], string | null>('SELECT meta FROM steps WHERE id = ?')
      .pluck()
      .get(this.#step)
    const before = {
      ...(values.columns === undefined ? {} : { columns: this.#meta.get('columns') }),
      ...(values.mapping === undefined ? {} : { mapping: this.#meta.get('mapping') }),
      ...(text ? (JSON.parse(text) as object) : {}),
    }
    this.#database.prepare('UPDATE steps SET meta = ? WHERE id = ?').run(JSON.stringify(before), this.#step)
    if (values.columns !== undefined) this.#meta.set('columns', values.columns)
    if (values.mapping !== undefined) this.#meta.set('mapping', values.mapping)
    this.#described = true
  }

  get rows(): number {
    const { changed, added, removed, moved } = this.#ids
    return changed.size + added.size + removed.size + moved.size
  }

  get untouched(): boolean {
    return this.rows === 0 && !this.#described
  }

  told(): Told {
    if (this.rows > toldIds) return { changed: null, added: null, removed: null, moved: null }
    const { changed, added, removed, moved } = this.#ids
    return { changed: [...changed], added: [...added], removed: [...removed], moved: [...moved] }
  }
}
