/** The SQLite file of a sheet: its rows, what they are, the steps that can be undone, and the versions they were saved as. */
import Database from 'better-sqlite3'
import { z } from 'zod'
import { StudioError } from '../../../../engine/errors.ts'
import { columnKinds } from '../../../contract/datasets/cells.ts'
import { mappingSchema } from '../../../contract/datasets/mapping.ts'
import { withSqlErrors } from '../../../store/sql.ts'

const version = 1

const columnSchema = z.object({ name: z.string(), kind: z.enum(columnKinds) })
/** A column with what it mostly holds. */
export type SheetColumn = z.infer<typeof columnSchema>

/** Single values, each a JSON text in the table `meta`. */
const metaSchema = z.object({
  columns: z.array(columnSchema),
  mapping: mappingSchema,
  /** Grows with every change. */
  revision: z.int(),
  /** The step that was done last; those after it can be done again. */
  head: z.int(),
  /** The last step that was forgotten (0: none was): what `head` is when all kept steps are undone. */
  base: z.int(),
  /** Rows of the import that could not be read; the first of them are in `bad_rows`. */
  badRows: z.int(),
})
export type Meta = z.infer<typeof metaSchema>

const tables = `
  CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

  -- data: the row as one line of JSON, as imported and edited (not yet mapped). revision: of its last change.
  CREATE TABLE rows (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    position TEXT    NOT NULL,
    split    INTEGER NOT NULL CHECK (split IN (0, 1)),
    revision INTEGER NOT NULL,
    data     TEXT    NOT NULL
  ) STRICT;

  CREATE TABLE steps (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    label   TEXT    NOT NULL,
    rows    INTEGER NOT NULL,
    -- JSON: columns and mapping on the other side of the step; NULL where it left them.
    meta    TEXT,
    made_at INTEGER NOT NULL
  ) STRICT;

  -- Each row of a step as it is on the step's other side: before it while the step is done, after it while undone.
  -- present = 0: not there. NULL columns: no different there.
  CREATE TABLE images (
    step     INTEGER NOT NULL REFERENCES steps (id) ON DELETE CASCADE,
    row      INTEGER NOT NULL,
    present  INTEGER NOT NULL CHECK (present IN (0, 1)),
    position TEXT,
    split    INTEGER,
    data     TEXT,
    PRIMARY KEY (step, row)
  ) STRICT, WITHOUT ROWID;

  -- ids: 32-bit row ids in the dataset's order, negative for validation rows.
  CREATE TABLE versions (
    number   INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    ids      BLOB    NOT NULL
  ) STRICT;
  -- Steps at which the rows were those of a version.
  CREATE TABLE saves (
    step    INTEGER NOT NULL,
    version INTEGER NOT NULL REFERENCES versions (number) ON DELETE CASCADE,
    PRIMARY KEY (step, version)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE bad_rows (
    id     INTEGER PRIMARY KEY,
    file   TEXT    NOT NULL,
    line   INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    text   TEXT    NOT NULL
  ) STRICT;
`

/** Made once all rows are in, which is faster. */
const indices = `
  CREATE INDEX rows_in_order ON rows (position, split);
  CREATE INDEX validation_rows ON rows (id) WHERE split = 1;
`

/** An empty file for an import: fast, because an import that is cut off is thrown away as a whole. */
export function createWorkingFile(path: string): Database.Database {
  return withSqlErrors(path, () => {
    const database = new Database(path)
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec(tables)
    database.pragma(`user_version = ${version}`)
    return database
  })
}

/** Ends an import: from here on every change survives the death of the process. */
export function finishWorkingFile(database: Database.Database): void {
  database.exec(indices)
  database.pragma('optimize')
  database.pragma('locking_mode = NORMAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('journal_mode = WAL')
  database.pragma('wal_checkpoint(TRUNCATE)')
}

/** @throws StudioError `not-found`, `unsupported` (made by a newer studio), `bad-file`, `disk` */
export function openWorkingFile(path: string, access: 'write' | 'read'): Database.Database {
  return withSqlErrors(path, () => {
    const database = new Database(path, {
      readonly: access === 'read',
      fileMustExist: true,
      timeout: 10_000,
    })
    const found = Number(database.pragma('user_version', { simple: true }))
    if (found !== version) {
      database.close()
      throw new StudioError(
        'unsupported',
        `${path} has the form ${found} of dataset files, this studio knows ${version}.`,
        'Update PEFT Studio. Nothing was changed.',
      )
    }
    database.pragma('foreign_keys = ON')
    database.pragma('synchronous = NORMAL')
    database.pragma('cache_size = -32000')
    // Sorting 1 000 000 rows may need more than the memory that should be taken for it.
    database.pragma('temp_store = FILE')
    return database
  })
}

/** Reads and writes the single values. */
export class MetaTable {
  readonly #get: Database.Statement<[string], string>
  readonly #put: Database.Statement<[string, string]>

  constructor(database: Database.Database) {
    this.#get = database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
    this.#put = database.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    )
  }

  get<K extends keyof Meta>(key: K): Meta[K] {
    return metaSchema.shape[key].parse(JSON.parse(this.#get.get(key) ?? 'null')) as Meta[K]
  }

  set<K extends keyof Meta>(key: K, value: Meta[K]): void {
    this.#put.run(key, JSON.stringify(value))
  }
}
