/** Brings a database to the newest version of the schema, or leaves it exactly as it was. */
import type { Database } from 'better-sqlite3'
import { StudioError } from '../../engine/errors.ts'
import { type Migration, migrations } from './migrations/index.ts'

/** The schema version of a database; 0 for a new one. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/**
 * Refuses a database whose schema this program does not know.
 * @throws StudioError `unsupported`
 */
export function refuseFuture(database: Database, known: readonly Migration[] = migrations): void {
  const version = schemaVersion(database)
  if (version <= known.length) return
  throw new StudioError(
    'unsupported',
    `${database.name} was written by a newer PEFT Studio (schema ${version}, this one knows ${known.length}).`,
    'Update PEFT Studio, or choose another data folder with PEFT_STUDIO_DATA. Nothing was changed.',
  )
}

/**
 * Applies all pending migrations in one transaction.
 * @throws StudioError `unsupported` when the database comes from the future
 */
export function migrate(database: Database, known: readonly Migration[] = migrations): void {
  refuseFuture(database, known)
  const version = schemaVersion(database)
  if (version === known.length) return
  database
    .transaction(() => {
      for (const migration of known.slice(version)) migration(database)
      database.pragma(`user_version = ${known.length}`)
    })
    .immediate()
  database.pragma('optimize')
}
