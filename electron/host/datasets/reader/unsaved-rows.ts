/** Rows that are not as in the latest version. */
import type { Database } from 'better-sqlite3'
import { MetaTable } from '../sheet/working-file.ts'

/** @returns null when all rows are unsaved: there is no version */
export function unsavedRows(database: Database): Set<number> | null {
  const latest = database
    .prepare<[], { number: number; revision: number }>(
      'SELECT number, revision FROM versions ORDER BY number DESC LIMIT 1',
    )
    .get()
  if (latest === undefined) return null
  const head = new MetaTable(database).get('head')
  const step = database
    .prepare<[number], number | null>('SELECT max(step) FROM saves WHERE version = ?')
    .pluck()
    .get(latest.number)
  const rows =
    step !== null && step !== undefined && stillKnown(database, step)
      ? database
          .prepare<[number, number], number>('SELECT DISTINCT row FROM images WHERE step > ? AND step <= ?')
          .pluck()
          .all(Math.min(step, head), Math.max(step, head))
      : database
          .prepare<[number], number>('SELECT id FROM rows WHERE revision > ?')
          .pluck()
          .all(latest.revision)
  return new Set(rows)
}

/** Whether every step since is still in the journal: it was neither forgotten nor on a branch that was left. */
function stillKnown(database: Database, step: number): boolean {
  const base = new MetaTable(database).get('base')
  if (step === base) return true
  return database.prepare('SELECT 1 FROM steps WHERE id = ?').get(step) !== undefined
}
