/** Reads all rows of a source into a new sheet's file; only the rows at hand are in memory. */
import type { Database } from 'better-sqlite3'
import { mappingFaults } from '../../../../engine/data/examples/mapping.ts'
import { printJson } from '../../../../engine/data/json.ts'
import { streamRows } from '../../../../engine/data/read/read-dataset.ts'
import { type BadRow, isBad } from '../../../../engine/data/read/row.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { BadRowRecord } from '../../../contract/datasets/cells.ts'
import type { Mapping, SplitRule } from '../../../contract/datasets/mapping.ts'
import type { Reading } from '../../../contract/datasets/source.ts'
import { splitter } from '../edits/bulk-edits.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { ColumnTally } from '../sheet/column-tally.ts'
import { firstPosition } from '../sheet/positions.ts'
import { createWorkingFile, finishWorkingFile, MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'
import { dataOf, nothingRead, optionsOf } from './detect-source.ts'
import type { SourceFile } from './source-files.ts'

export interface ImportInput {
  readonly files: readonly SourceFile[]
  readonly reading: Reading
  readonly mapping: Mapping
  readonly split: SplitRule | undefined
  /** The file to make. */
  readonly path: string
}

export interface ImportedRows {
  readonly rows: number
  readonly badRows: number
  readonly firstBadRows: BadRowRecord[]
}

/** So many bad rows are kept with their reasons, and told with the result. */
const keptBad = 100_000
const toldBad = 20

/** @throws StudioError `bad-data` without a single good row, `bad-argument` where the mapping does not fit, `disk`, `cancelled` */
export async function importRows(input: ImportInput, task: Task): Promise<ImportedRows> {
  const database = createWorkingFile(input.path)
  try {
    database.exec('BEGIN')
    const tally = new ColumnTally()
    const imported = await readAll(database, input, tally, task)
    const columns = tally.columns()
    const [fault] = mappingFaults(
      input.mapping,
      columns.map(({ name }) => name),
    )
    if (fault !== undefined)
      throw new StudioError(
        'bad-argument',
        `The mapping does not fit: ${fault}.`,
        'Choose a column for each field.',
      )
    const meta = new MetaTable(database)
    meta.set('columns', columns)
    meta.set('mapping', input.mapping)
    meta.set('revision', 0)
    meta.set('head', 0)
    meta.set('base', 0)
    meta.set('badRows', imported.badRows)
    if (input.split !== undefined) applySplit(database, input.split, imported.rows, task)
    database.exec('COMMIT')
    finishWorkingFile(database)
    return imported
  } finally {
    database.close()
  }
}

async function readAll(
  database: Database,
  { files, reading }: ImportInput,
  tally: ColumnTally,
  task: Task,
): Promise<ImportedRows> {
  const insert = database.prepare('INSERT INTO rows (position, split, revision, data) VALUES (?, ?, 0, ?)')
  const insertBad = database.prepare('INSERT INTO bad_rows (file, line, reason, text) VALUES (?, ?, ?, ?)')
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const firstBadRows: BadRowRecord[] = []
  let first: BadRow | undefined
  let rows = 0
  let badRows = 0
  let bytes = 0
  for (const file of files) {
    const split = file.split === 'train' ? 0 : 1
    const seen = (chunk: Uint8Array) => {
      bytes += chunk.byteLength
    }
    for await (const item of streamRows(dataOf(file, reading), optionsOf(reading), seen)) {
      if ((rows + badRows) % 500 === 0) {
        task.check()
        task.progress({ done: bytes, total, unit: 'bytes', note: `${rows.toLocaleString('en')} rows` })
      }
      if (!isBad(item)) {
        tally.add(item.value)
        insert.run(firstPosition(rows++), split, printJson(item.value))
        continue
      }
      first ??= item
      const { line, reason, text = '' } = item
      if (badRows++ < keptBad) insertBad.run(file.name, line, reason, text)
      if (firstBadRows.length < toldBad) firstBadRows.push({ file: file.name, line, reason, text })
    }
  }
  if (rows === 0) throw nothingRead(files[0]?.name ?? 'The source', first, badRows)
  return { rows, badRows, firstBadRows }
}

function applySplit(database: Database, rule: SplitRule, rows: number, task: Task): void {
  const splitOf = splitter(rule, rows)
  const data = database.prepare<[number], string>('SELECT data FROM rows WHERE id = ?').pluck()
  const update = database.prepare('UPDATE rows SET split = ? WHERE id = ? AND split != ?')
  for (let i = 0; i < rows; i++) {
    if (i % 1_000 === 0) {
      task.check()
      task.progress({ done: i, total: rows, unit: 'rows', note: 'Splitting' })
    }
    // Ids of a new file count from 1.
    const split = splitOf(i, () => fieldsOf(data.get(i + 1) ?? '{}'))
    update.run(split, i + 1, split)
  }
}
