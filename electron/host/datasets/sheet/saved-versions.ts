/** Which rows a version has, kept with the sheet: for differences row by row, and to know that nothing is unsaved. */
import type { Database } from 'better-sqlite3'

export interface SavedRows {
  readonly number: number
  /** Step and revision of the sheet whose rows were written. */
  readonly step: number
  readonly revision: number
  /** Row ids in the dataset's order, negative for validation rows. */
  readonly ids: Int32Array
}

export function recordSaved(database: Database, { number, step, revision, ids }: SavedRows): void {
  const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
  database
    .transaction(() => {
      database
        .prepare(
          `INSERT INTO versions VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET revision = excluded.revision, ids = excluded.ids`,
        )
        .run(number, revision, bytes)
      database.prepare('INSERT INTO saves VALUES (?, ?) ON CONFLICT DO NOTHING').run(step, number)
    })
    .immediate()
}

/** Null when the version is not this dataset's. */
export function savedIds(database: Database, number: number): Int32Array | null {
  const bytes = database
    .prepare<[number], Buffer>('SELECT ids FROM versions WHERE number = ?')
    .pluck()
    .get(number)
  return bytes === undefined ? null : new Int32Array(new Uint8Array(bytes).buffer)
}
