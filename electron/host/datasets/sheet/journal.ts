/**
 * Changes of a sheet as steps that can be undone and done again, also after a restart.
 *
 * A step keeps, for each row it touched, how the row is on the step's other side. Undoing and redoing are therefore one
 * operation: exchange the rows with their images.
 */
import type { Database, Statement } from 'better-sqlite3'
import { type RowWriter, StepWriter, type Told, toldIds } from './step-writer.ts'
import { type Meta, MetaTable } from './working-file.ts'

/** What a step did to the rows, for the order and the views. */
export interface StepEffect extends Told {
  readonly label: string
  readonly revision: number
  /** Rows touched. */
  readonly rows: number
  /** Whether the numbers of training and validation rows may have changed. */
  readonly recount: boolean
}

/** Steps kept, and rows in them: beyond either the oldest are forgotten. */
const keptSteps = 1_000
const keptImages = 5_000_000

interface StepRow {
  readonly id: number
  readonly label: string
  readonly rows: number
}

export class Journal {
  readonly #database: Database
  readonly #meta: MetaTable
  readonly #step: Statement<[number], StepRow>
  readonly #after: Statement<[number], StepRow>
  readonly #before: Statement<[number], number>

  constructor(database: Database) {
    this.#database = database
    this.#meta = new MetaTable(database)
    this.#step = database.prepare('SELECT id, label, rows FROM steps WHERE id = ?')
    this.#after = database.prepare('SELECT id, label, rows FROM steps WHERE id > ? ORDER BY id LIMIT 1')
    this.#before = database.prepare<[number], number>('SELECT max(id) FROM steps WHERE id < ?').pluck()
  }

  /** The step that `undo` would take back. */
  get undoable(): StepRow | null {
    return this.#step.get(this.#meta.get('head')) ?? null
  }

  get redoable(): StepRow | null {
    return this.#after.get(this.#meta.get('head')) ?? null
  }

  /**
   * Runs `work` as one step: all of it is stored or nothing. Steps that were undone are forgotten.
   * @param label what was done, from the number of rows touched
   * @returns null when `work` touched nothing: then there is no step
   */
  record(label: (rows: number) => string, work: (writer: RowWriter) => void): StepEffect | null {
    try {
      return this.#record(label, work)
    } catch (error) {
      if (error instanceof NothingDone) return null
      throw error
    }
  }

  #record(label: (rows: number) => string, work: (writer: RowWriter) => void): StepEffect {
    return this.#database
      .transaction(() => {
        const revision = this.#meta.get('revision') + 1
        this.#database.prepare('DELETE FROM steps WHERE id > ?').run(this.#meta.get('head'))
        const { lastInsertRowid } = this.#database
          .prepare(`INSERT INTO steps (label, rows, made_at) VALUES ('', 0, ?)`)
          .run(Date.now())
        const step = Number(lastInsertRowid)
        const writer = new StepWriter(this.#database, this.#meta, step, revision)
        work(writer)
        if (writer.untouched) throw new NothingDone()
        const rows = writer.rows
        const text = label(rows)
        this.#database.prepare('UPDATE steps SET label = ?, rows = ? WHERE id = ?').run(text, rows, step)
        this.#meta.set('revision', revision)
        this.#meta.set('head', step)
        this.#forgetOld(step)
        return { label: text, revision, rows, recount: writer.recount, ...writer.told() }
      })
      .immediate()
  }

  /** Takes the last step back. @returns null when there is none */
  undo(): StepEffect | null {
    const step = this.undoable
    if (step === null) return null
    return this.#exchange(step, this.#before.get(step.id) ?? this.#meta.get('base'))
  }

  redo(): StepEffect | null {
    const step = this.redoable
    return step === null ? null : this.#exchange(step, step.id)
  }

  #exchange({ id, label }: StepRow, head: number): StepEffect {
    return this.#database
      .transaction(() => {
        const revision = this.#meta.get('revision') + 1
        const told = this.#toldOf(id)
        const recount = this.#recounts(id)
        this.#exchangeRows(id, revision)
        this.#exchangeMeta(id)
        this.#meta.set('revision', revision)
        this.#meta.set('head', head)
        const rows = this.#database
          .prepare<[number], number>('SELECT rows FROM steps WHERE id = ?')
          .pluck()
          .get(id)
        return { label, revision, rows: rows ?? 0, recount, ...told }
      })
      .immediate()
  }

  #exchangeRows(step: number, revision: number): void {
    const run = (text: string, ...values: number[]) => this.#database.prepare(text).run(...values)
    this.#database.exec(`
      DROP TABLE IF EXISTS temp.other;
      CREATE TEMP TABLE other (row INTEGER PRIMARY KEY, present INTEGER, position TEXT, split INTEGER, data TEXT)`)
    run(
      `INSERT INTO temp.other
       SELECT i.row AS row, r.id IS NOT NULL AS present,
              iif(i.present = 0 OR i.position IS NOT NULL, r.position, NULL) AS position,
              iif(i.present = 0 OR i.split IS NOT NULL, r.split, NULL) AS split,
              iif(i.present = 0 OR i.data IS NOT NULL, r.data, NULL) AS data
       FROM main.images i LEFT JOIN main.rows r ON r.id = i.row WHERE i.step = ?`,
      step,
    )
    run('DELETE FROM rows WHERE id IN (SELECT row FROM images WHERE step = ? AND present = 0)', step)
    // One by one: naming a column costs the work on its index, also where it stays the same.
    for (const column of ['position', 'split', 'data'])
      run(
        `UPDATE rows SET ${column} = i.${column}, revision = ?
         FROM images i WHERE i.step = ? AND i.present = 1 AND i.${column} IS NOT NULL AND i.row = rows.id`,
        revision,
        step,
      )
    run(
      `INSERT INTO rows (id, position, split, revision, data)
       SELECT row, position, split, ?, data FROM images i
       WHERE step = ? AND present = 1 AND NOT EXISTS (SELECT 1 FROM rows WHERE id = i.row)`,
      revision,
      step,
    )
    run(
      `UPDATE images SET present = o.present, position = o.position, split = o.split, data = o.data
       FROM temp.other o WHERE step = ? AND images.row = o.row`,
      step,
    )
    this.#database.exec('DROP TABLE temp.other')
  }

  #exchangeMeta(step: number): void {
    const text = this.#database
      .prepare<[number], string | null>('SELECT meta FROM steps WHERE id = ?')
      .pluck()
      .get(step)
    if (text === null || text === undefined) return
    const image = JSON.parse(text) as Partial<Pick<Meta, 'columns' | 'mapping'>>
    const other: typeof image = {}
    if (image.columns !== undefined) {
      other.columns = this.#meta.get('columns')
      this.#meta.set('columns', image.columns)
    }
    if (image.mapping !== undefined) {
      other.mapping = this.#meta.get('mapping')
      this.#meta.set('mapping', image.mapping)
    }
    this.#database.prepare('UPDATE steps SET meta = ? WHERE id = ?').run(JSON.stringify(other), step)
  }

  #recounts(step: number): boolean {
    const found = this.#database.prepare(
      'SELECT 1 FROM images WHERE step = ? AND (present = 0 OR split IS NOT NULL) LIMIT 1',
    )
    return found.get(step) !== undefined
  }

  /** What exchanging a step will do to its rows. */
  #toldOf(step: number): Told {
    const count = this.#database
      .prepare<[number], number>('SELECT count(*) FROM images WHERE step = ?')
      .pluck()
    if ((count.get(step) ?? 0) > toldIds) return { changed: null, added: null, removed: null, moved: null }
    const list = this.#database.prepare<[number], { row: number; kind: keyof Told }>(`
      SELECT i.row AS row, CASE WHEN i.present = 0 THEN 'removed' WHEN r.id IS NULL THEN 'added'
                                WHEN i.position IS NOT NULL THEN 'moved' ELSE 'changed' END AS kind
      FROM images i LEFT JOIN rows r ON r.id = i.row WHERE step = ?`)
    const told: Record<keyof Told, number[]> = { changed: [], added: [], removed: [], moved: [] }
    for (const { row, kind } of list.all(step)) told[kind].push(row)
    return told
  }

  /** Keeps the journal from growing without end; the newest step always stays. */
  #forgetOld(newest: number): void {
    const total = this.#database.prepare<[], { steps: number; rows: number }>(
      'SELECT count(*) AS steps, sum(rows) AS rows FROM steps',
    )
    const oldest = this.#database.prepare<[], number>('SELECT min(id) FROM steps').pluck()
    for (;;) {
      const { steps, rows } = total.get()!
      const id = oldest.get()
      if (id === undefined || id === newest || (steps <= keptSteps && rows <= keptImages)) return
      this.#database.prepare('DELETE FROM steps WHERE id = ?').run(id)
      this.#meta.set('base', id)
    }
  }
}

/** Thrown to take back the step that would be empty. */
class NothingDone extends Error {}
