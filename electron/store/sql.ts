/** The one door to SQLite: prepared statements with typed rows, whose failures are StudioErrors. */
import Database from 'better-sqlite3'
import { StudioError } from '../../engine/errors.ts'

/** What SQLite binds to a parameter. */
export type SqlValue = string | number | Uint8Array | null
export type SqlParameters = Record<string, SqlValue>

/** A statement prepared once; parameters are named (`:id` in the text, `{ id }` here). */
export interface Statement<Row> {
  /** Number of rows changed, and the rowid of the last inserted one. */
  run(parameters?: SqlParameters): { changes: number; lastId: number }
  get(parameters?: SqlParameters): Row | undefined
  all(parameters?: SqlParameters): Row[]
}

export interface Sql {
  prepare<Row = never>(text: string): Statement<Row>
  /** Runs `work` in one transaction: all of it is stored or nothing. */
  transaction<T>(work: () => T): T
}

/** A database handle whose statements throw StudioErrors naming `path`. */
export function openSql(database: Database.Database, path: string): Sql {
  return {
    prepare: <Row>(text: string): Statement<Row> => {
      const statement = database.prepare<SqlParameters, Row>(text)
      return {
        run: (parameters = {}) => {
          const result = withSqlErrors(path, () => statement.run(parameters))
          return { changes: result.changes, lastId: Number(result.lastInsertRowid) }
        },
        get: (parameters = {}) => withSqlErrors(path, () => statement.get(parameters)),
        all: (parameters = {}) => withSqlErrors(path, () => statement.all(parameters)),
      }
    },
    transaction: (work) => withSqlErrors(path, () => database.transaction(work).immediate()),
  }
}

const sentences: readonly (readonly [prefix: string, why: string, hint: string])[] = [
  ['SQLITE_FULL', 'the disk is full', 'Free some space and try again; what was saved before is unharmed.'],
  ['SQLITE_READONLY', 'the folder is read-only', 'Choose a folder you may write to with PEFT_STUDIO_DATA.'],
  [
    'SQLITE_CANTOPEN',
    'the file cannot be opened or created',
    'Check that the folder exists and that you may write to it, or choose another with PEFT_STUDIO_DATA.',
  ],
  ['SQLITE_PERM', 'permission was denied', 'Choose a folder you may write to with PEFT_STUDIO_DATA.'],
  [
    'SQLITE_CORRUPT',
    'the file is damaged',
    'It was left as it is. Move it away to start afresh, or restore a copy.',
  ],
  [
    'SQLITE_NOTADB',
    'it is not a studio database',
    'It was left as it is. Move it away, or choose another folder.',
  ],
  ['SQLITE_IOERR', 'the disk reported an error', 'Check the disk and its free space, then try again.'],
]

/**
 * Runs `work`; a failure of SQLite becomes a StudioError that names `path`, other errors pass unchanged.
 * @throws StudioError `disk`, `bad-file` (damaged), `locked` (busy)
 */
export function withSqlErrors<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    const { code } = error
    if (code.startsWith('SQLITE_BUSY')) {
      const hint = 'Try again in a moment; if it stays, end the other process.'
      throw new StudioError('locked', `${path} is being used by another process.`, hint, { cause: error })
    }
    const sentence = sentences.find(([prefix]) => code.startsWith(prefix))
    // A constraint or a mistake in the SQL is a defect of the studio, not of the disk.
    if (sentence === undefined) throw error
    const kind = code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') ? 'bad-file' : 'disk'
    throw new StudioError(kind, `Cannot use ${path}: ${sentence[1]}.`, sentence[2], { cause: error })
  }
}
