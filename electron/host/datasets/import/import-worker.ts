/** The thread for what takes in or gives out whole datasets: a look at a source, an import, the writing of a version. */
import { dirname, join } from 'node:path'
import { withSqlErrors } from '../../../store/sql.ts'
import { recordSaved } from '../sheet/saved-versions.ts'
import { openWorkingFile } from '../sheet/working-file.ts'
import { type Handlers, serve, type Task } from '../threads/serve.ts'
import { type DiffInput, diffVersions } from '../versions/diff-versions.ts'
import { writeVersion } from '../versions/write-version.ts'
import { detectSource } from './detect-source.ts'
import { type ImportInput, importRows } from './import-rows.ts'

const handlers = {
  detect: detectSource,

  import: importRows,

  /** All of a new dataset: its rows, and version 1 in `versions/1`. */
  async create(input: ImportInput, task: Task) {
    const imported = await importRows(input, task)
    const versions = join(dirname(input.path), 'versions')
    return withSqlErrors(input.path, () => {
      const database = openWorkingFile(input.path, 'write')
      try {
        const { ids, ...written } = writeVersion(database, join(versions, '1'), task)
        recordSaved(database, { number: 1, ids, ...written })
        return { ...imported, written }
      } finally {
        database.close()
      }
    })
  },

  /** @param path the sheet's file; `folder` is created */
  writeVersion: ({ path, folder }: { path: string; folder: string }, task: Task) =>
    withSqlErrors(path, () => {
      const database = openWorkingFile(path, 'read')
      try {
        return writeVersion(database, folder, task)
      } finally {
        database.close()
      }
    }),

  diff: (input: DiffInput, task: Task) => diffVersions(input, task),
} satisfies Handlers

export type ImportHandlers = typeof handlers

serve(handlers)
