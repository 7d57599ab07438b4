/** Finds the rows of a view and their order. */
import type { Database } from 'better-sqlite3'
import type { Filter, Sort, ViewSpec } from '../../../contract/datasets/view.ts'
import { matcherOf } from '../edits/search.ts'
import { type Fields, fieldsOf, kindOf, textOf, valueIn } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'
import { unsavedRows } from './unsaved-rows.ts'

export interface FoundView {
  readonly ids: Int32Array
  readonly sorted: boolean
  /** Of the rows that were looked at. */
  readonly revision: number
}

/** @param only rows of an issue; null: all */
export function findView(database: Database, spec: ViewSpec, only: Int32Array | null, task: Task): FoundView {
  const meta = new MetaTable(database)
  const revision = meta.get('revision')
  const keep = membership(database, spec, only)
  const tests = testsOf(
    spec,
    meta.get('columns').map(({ name }) => name),
  )
  let ids = tests.length > 0 ? matching(database, tests, keep, task) : inOrder(database, keep)
  if (spec.sort.length > 0) ids = sorted(database, spec.sort, ids, task)
  return { ids, sorted: spec.sort.length > 0, revision }
}

type Membership = ((id: number, split: number) => boolean) | null

/** What can be told without reading the row. */
function membership(database: Database, spec: ViewSpec, only: Int32Array | null): Membership {
  const sets = [
    ...(only === null ? [] : [new Set(only)]),
    ...(spec.unsaved ? [unsavedRows(database)] : []),
  ].filter((set) => set !== null)
  const split = spec.split === null ? null : Number(spec.split === 'validation')
  if (sets.length === 0 && split === null) return null
  return (id, part) => (split === null || part === split) && sets.every((set) => set.has(id))
}

function inOrder(database: Database, keep: Membership): Int32Array {
  if (keep === null)
    return Int32Array.from(
      database.prepare<[], number>('SELECT id FROM rows ORDER BY position').pluck().all(),
    )
  const rows = database.prepare<[], [number, number]>('SELECT id, split FROM rows ORDER BY position').raw()
  const ids: number[] = []
  for (const [id, split] of rows.iterate()) if (keep(id, split)) ids.push(id)
  return Int32Array.from(ids)
}

type Test = (fields: Fields) => boolean

function matching(database: Database, tests: readonly Test[], keep: Membership, task: Task): Int32Array {
  const rows = database
    .prepare<[], [number, number, string]>('SELECT id, split, data FROM rows ORDER BY position')
    .raw()
  const ids: number[] = []
  let looked = 0
  for (const [id, split, data] of rows.iterate()) {
    if (looked++ % 1_000 === 0) task.check()
    if (keep !== null && !keep(id, split)) continue
    const fields = fieldsOf(data)
    if (tests.every((test) => test(fields))) ids.push(id)
  }
  return Int32Array.from(ids)
}

function testsOf({ filters, search }: ViewSpec, columns: readonly string[]): Test[] {
  const tests = filters.map(testOf)
  if (search === null) return tests
  const matcher = matcherOf(search)
  return [...tests, (fields) => matcher.column(fields, columns) !== null]
}

type FilterOf<O extends Filter['op']> = Extract<Filter, { op: O }>
type TextOp = Exclude<Extract<Filter, { text: string }>['op'], undefined>
type NumberOp = Extract<Filter, { number: number }>['op']

const textTests: Readonly<Record<TextOp, (cell: string, text: string) => boolean>> = {
  contains: (cell, text) => cell.includes(text),
  'not-contains': (cell, text) => !cell.includes(text),
  equals: (cell, text) => cell === text,
  'not-equals': (cell, text) => cell !== text,
  'starts-with': (cell, text) => cell.startsWith(text),
  'ends-with': (cell, text) => cell.endsWith(text),
}

const numberTests: Readonly<Record<NumberOp, (cell: number, number: number) => boolean>> = {
  less: (cell, number) => cell < number,
  'at-most': (cell, number) => cell <= number,
  greater: (cell, number) => cell > number,
  'at-least': (cell, number) => cell >= number,
}

function testOf(filter: Filter): Test {
  const value = (fields: Fields) => valueIn(fields, filter.column)
  if ('text' in filter) {
    const test = textTests[filter.op]
    const text = filter.text.toLowerCase()
    return (fields) => test(textOf(value(fields)).toLowerCase(), text)
  }
  if ('number' in filter) {
    const test = numberTests[filter.op]
    return (fields) => {
      const number = numberIn(value(fields))
      return number !== null && test(number, filter.number)
    }
  }
  if (filter.op === 'chars') return charsTest(filter)
  return (fields) => (textOf(value(fields)).trim() === '') === (filter.op === 'empty')
}

function charsTest({ column, from, to }: FilterOf<'chars'>): Test {
  return (fields) => {
    const { length } = textOf(valueIn(fields, column))
    return length >= (from ?? 0) && length <= (to ?? Number.POSITIVE_INFINITY)
  }
}

/** Numbers, and texts that are numbers; null for all else. */
function numberIn(value: unknown): number | null {
  const kind = kindOf(value)
  if (kind !== 'number' && kind !== 'text') return null
  const text = textOf(value).trim()
  const number = text === '' ? Number.NaN : Number(text)
  return Number.isNaN(number) ? null : number
}

/** So much of a text decides over its place. */
const keyCharacters = 500

/**
 * SQLite sorts, in memory and on disk as needed. Keys go into columns of NUMERIC affinity, which turns texts that are
 * numbers into numbers and leaves others; numbers come before texts, and empty cells (NULL) last.
 */
function sorted(database: Database, sort: readonly Sort[], ids: Int32Array, task: Task): Int32Array {
  const keys = sort.map((_, i) => `k${i}`)
  const blank = 'char(9, 10, 11, 12, 13, 32, 160, 8203, 65279)'
  const key = `nullif(lower(substr(trim(json_extract(data, ?), ${blank}), 1, ${keyCharacters})), '')`
  database.exec('DROP TABLE IF EXISTS temp.keys')
  database.exec(`CREATE TEMP TABLE keys (id INTEGER, ${keys.map((name) => `${name} NUMERIC`).join(', ')})`)
  try {
    database
      .prepare(
        `INSERT INTO temp.keys SELECT id, ${keys.map(() => key).join(', ')} FROM main.rows ORDER BY position`,
      )
      .run(...sort.map(({ column }) => `$.${JSON.stringify(column)}`))
    task.check()
    const by = sort.map(
      ({ direction }, i) => `k${i} IS NULL, k${i} ${direction === 'descending' ? 'DESC' : 'ASC'}`,
    )
    const all = database
      .prepare<[], number>(`SELECT id FROM temp.keys ORDER BY ${by.join(', ')}, rowid`)
      .pluck()
      .all()
    if (all.length === ids.length) return Int32Array.from(all)
    const kept = new Set(ids)
    return Int32Array.from(all.filter((id) => kept.has(id)))
  } finally {
    database.exec('DROP TABLE temp.keys')
  }
}
