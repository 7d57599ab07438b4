/** The next row that a search finds, going round at the end. */
import type { Database } from 'better-sqlite3'
import type { Search } from '../../../contract/datasets/view.ts'
import { matcherOf } from '../edits/search.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'

export interface FindInput {
  readonly ids: Int32Array
  readonly search: Search
  /** Place in `ids`; −1: before the first. */
  readonly from: number
  readonly direction: 'next' | 'previous'
}

export interface FoundPlace {
  readonly offset: number
  readonly row: number
  readonly column: string
}

export function findRow(
  database: Database,
  { ids, search, from, direction }: FindInput,
  task: Task,
): FoundPlace | null {
  const columns = new MetaTable(database).get('columns').map(({ name }) => name)
  const matcher = matcherOf(search)
  const row = database.prepare<[number], string>('SELECT data FROM rows WHERE id = ?').pluck()
  const step = direction === 'next' ? 1 : -1
  for (let i = 1; i <= ids.length; i++) {
    if (i % 1_000 === 0) task.check()
    const offset = (((from + step * i) % ids.length) + ids.length) % ids.length
    const id = ids[offset]!
    const data = row.get(id)
    const column = data === undefined ? null : matcher.column(fieldsOf(data), columns)
    if (column !== null) return { offset, row: id, column }
  }
  return null
}
