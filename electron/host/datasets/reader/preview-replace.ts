/** What a replacement would change, without changing it. */
import type { Database } from 'better-sqlite3'
import type { Search } from '../../../contract/datasets/view.ts'
import { matcherOf } from '../edits/search.ts'
import { fieldsOf, textOf, valueIn } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'

export interface ReplacePreview {
  readonly rows: number
  readonly places: number
  readonly first: {
    readonly row: number
    readonly column: string
    readonly before: string
    readonly after: string
  }[]
}

const shown = 20
const shownCharacters = 300

/** @param ids rows looked at; null: all */
export function previewReplace(
  database: Database,
  { search, replacement, ids }: { search: Search; replacement: string; ids: Int32Array | null },
  task: Task,
): ReplacePreview {
  const names = new MetaTable(database)
    .get('columns')
    .map(({ name }) => name)
    .filter((name) => search.columns?.includes(name) ?? true)
  const matcher = matcherOf(search)
  const only = ids === null ? null : new Set(ids)
  const first: ReplacePreview['first'] = []
  let rows = 0
  let places = 0
  let looked = 0
  const all = database.prepare<[], [number, string]>('SELECT id, data FROM rows ORDER BY position').raw()
  for (const [row, data] of all.iterate()) {
    if (looked++ % 1_000 === 0) task.check()
    if (only !== null && !only.has(row)) continue
    const fields = fieldsOf(data)
    let here = 0
    for (const column of names) {
      const before = valueIn(fields, column)
      const replaced = matcher.replace(before, replacement)
      here += replaced.places
      if (replaced.places > 0 && first.length < shown) {
        const cut = (value: unknown) => textOf(value).slice(0, shownCharacters)
        first.push({ row, column, before: cut(before), after: cut(replaced.value) })
      }
    }
    places += here
    if (here > 0) rows += 1
  }
  return { rows, places, first }
}
