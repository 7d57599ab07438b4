/** The thread that looks through all rows of a sheet while its owner goes on serving: it reads, and never writes. */
import { workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import type { Mapping, MappingFit, SplitRule } from '../../../contract/datasets/mapping.ts'
import type { Search, ViewSpec } from '../../../contract/datasets/view.ts'
import { withSqlErrors } from '../../../store/sql.ts'
import { checkRows } from '../checks/check-rows.ts'
import { fitMapping } from '../import/mapping-fit.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { openWorkingFile } from '../sheet/working-file.ts'
import { type Handlers, serve, type Task } from '../threads/serve.ts'
import { LengthsFile } from '../tokens/lengths-file.ts'
import { type FindInput, findRow } from './find-row.ts'
import { previewReplace } from './preview-replace.ts'
import { columnValues, splitPreview } from './split-preview.ts'
import { findView } from './view-rows.ts'

const path = workerData as string
let opened: Database | undefined
/** Rows of each split that a mapping is tried on. */
const triedRows = 1_000

/** Within one transaction all reads see the same rows. */
function snapshot<T>(work: (database: Database) => T): T {
  return withSqlErrors(path, () => {
    const database = opened ?? openWorkingFile(path, 'read')
    opened = database
    return database.transaction(() => work(database))()
  })
}

const handlers = {
  view: ({ spec, only }: { spec: ViewSpec; only: Int32Array | null }, task: Task) =>
    snapshot((database) => findView(database, spec, only, task)),

  find: (input: FindInput, task: Task) => snapshot((database) => findRow(database, input, task)),

  previewReplace: (input: { search: Search; replacement: string; ids: Int32Array | null }, task: Task) =>
    snapshot((database) => previewReplace(database, input, task)),

  tryMapping: (mapping: Mapping): MappingFit =>
    snapshot((database) => {
      const first = database.prepare<[number, number], { id: number; data: string }>(
        'SELECT id, data FROM rows WHERE split = ? ORDER BY position LIMIT ?',
      )
      const rows = [0, 1].flatMap((split) => first.all(split, triedRows))
      return fitMapping(
        rows.map(({ id, data }) => ({ line: id, fields: fieldsOf(data) })),
        mapping,
      )
    }),

  splitPreview: (rule: SplitRule, task: Task) => snapshot((database) => splitPreview(database, rule, task)),

  columnValues: (column: string, task: Task) => snapshot((database) => columnValues(database, column, task)),

  /** @param length with the file of lengths: also rows longer than that */
  check: ({ lengths, length }: { lengths: string | null; length: number }, task: Task) =>
    snapshot((database) => {
      const file = lengths === null ? null : LengthsFile.read(lengths)
      return checkRows(database, file === null ? null : (id) => file.tokens(id) > length, task)
    }),
} satisfies Handlers

export type ReaderHandlers = typeof handlers

serve(handlers)
