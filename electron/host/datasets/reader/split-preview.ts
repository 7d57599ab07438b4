/** What a split would give, and what a column could be split by. */
import type { Database } from 'better-sqlite3'
import type { SplitRule } from '../../../contract/datasets/mapping.ts'
import { splitter } from '../edits/bulk-edits.ts'
import { fieldsOf, textOf, valueIn } from '../sheet/cells.ts'
import type { Task } from '../threads/serve.ts'

/** More than so many values are no parts that rows belong to. */
const mostValues = 50

/** @throws StudioError `bad-argument` as the split itself would */
export function splitPreview(
  database: Database,
  rule: SplitRule,
  task: Task,
): { trainRows: number; validationRows: number } {
  const rows = database.prepare<[], number>('SELECT count(*) FROM rows').pluck().get() ?? 0
  const splitOf = splitter(rule, rows)
  let validationRows = 0
  let index = 0
  for (const data of eachRow(database, task)) validationRows += splitOf(index++, () => fieldsOf(data))
  return { trainRows: rows - validationRows, validationRows }
}

export function columnValues(
  database: Database,
  column: string,
  task: Task,
): { values: { value: string; rows: number }[]; tooMany: boolean } {
  const rows = new Map<string, number>()
  for (const data of eachRow(database, task)) {
    const value = textOf(valueIn(fieldsOf(data), column))
    rows.set(value, (rows.get(value) ?? 0) + 1)
    if (rows.size > mostValues) return { values: [], tooMany: true }
  }
  const values = [...rows].map(([value, count]) => ({ value, rows: count }))
  return { values: values.sort((a, b) => b.rows - a.rows), tooMany: false }
}

function* eachRow(database: Database, task: Task): Generator<string> {
  const rows = database.prepare<[], string>('SELECT data FROM rows ORDER BY position').pluck()
  let seen = 0
  for (const data of rows.iterate()) {
    if (seen++ % 1_000 === 0) task.check()
    yield data
  }
}
