/** Edits of all rows: one entry per kind. They run in the sheet's thread and tell how far they are. */

import { requiredColumns } from '../../../../engine/data/examples/formats.ts'
import { printJson } from '../../../../engine/data/json.ts'
import { createRandom, permutation } from '../../../../engine/data/random.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { SplitRule } from '../../../contract/datasets/mapping.ts'
import type { BulkEdit } from '../../../contract/datasets/sheet.ts'
import { fieldsOf, textOf, valueIn, withField } from '../sheet/cells.ts'
import type { OpenSheet, StoredRow } from '../sheet/open-sheet.ts'
import type { Task } from '../threads/serve.ts'
import {
  columnNamed,
  counted,
  type EditContext,
  type Label,
  refuseTakenName,
  splitNumber,
} from './edit-context.ts'
import { fix } from './fix.ts'
import { restore, type VersionRows } from './restore.ts'
import { matcherOf } from './search.ts'

export interface BulkContext extends EditContext {
  readonly task: Task
  /** Of `restore`: where the version's rows are. */
  readonly version: VersionRows | null
}

type EditOf<K extends BulkEdit['kind']> = Extract<BulkEdit, { kind: K }>
type Apply<K extends BulkEdit['kind']> = (edit: EditOf<K>, context: BulkContext) => Label

const bulkEdits: { readonly [K in BulkEdit['kind']]: Apply<K> } = {
  replace({ search, replacement, rows }, context) {
    const { sheet, writer } = context
    const matcher = matcherOf(search)
    const names = sheet.columns
      .map(({ name }) => name)
      .filter((name) => search.columns?.includes(name) ?? true)
    for (const { id, data } of rowsOf(rows === null ? null : sheet.selected(rows), context)) {
      const fields = fieldsOf(data)
      let changed = fields
      for (const name of names) {
        const { value, places } = matcher.replace(valueIn(fields, name), replacement)
        if (places > 0) changed = withField(changed, name, value)
      }
      const text = printJson(changed)
      if (changed !== fields && text !== data) writer.update(id, { data: text })
    }
    return (count) => `Replace in ${counted(count, 'row')}`
  },

  split({ rule }, context) {
    const { sheet, writer } = context
    const splitOf = splitter(rule, sheet.views.order.length)
    let index = 0
    for (const row of rowsOf(null, context)) {
      const split = splitOf(index++, () => fieldsOf(row.data))
      if (split !== row.split) writer.update(row.id, { split })
    }
    return () => splitLabel(rule)
  },

  fix,

  'rename-column'({ column, name }, context) {
    const { sheet, writer } = context
    columnNamed(context, column)
    refuseTakenName(context, name)
    for (const { id, data } of rowsOf(null, context)) {
      const fields = fieldsOf(data)
      if (!Object.hasOwn(fields, column)) continue
      const renamed = Object.entries(fields).map(
        ([key, value]) => [key === column ? name : key, value] as const,
      )
      writer.update(id, { data: printJson(Object.fromEntries(renamed)) })
    }
    const mapping = sheet.meta.get('mapping')
    const mapped = Object.entries(mapping.columns).map(([field, from]) => [
      field,
      from === column ? name : from,
    ])
    writer.describe({
      columns: sheet.columns.map((found) => (found.name === column ? { ...found, name } : found)),
      mapping: { ...mapping, columns: Object.fromEntries(mapped) },
    })
    return () => `Rename column ${column} to ${name}`
  },

  'remove-column'({ column }, context) {
    const { sheet, writer } = context
    columnNamed(context, column)
    const mapping = sheet.meta.get('mapping')
    const field = Object.keys(mapping.columns).find((name) => mapping.columns[name] === column)
    if (field !== undefined && requiredColumns(mapping.format).includes(field))
      throw new StudioError(
        'bad-argument',
        `The column "${column}" is what "${field}" is read from.`,
        'Choose another column for it in the mapping first.',
      )
    for (const { id, data } of rowsOf(null, context)) {
      const fields = fieldsOf(data)
      if (Object.hasOwn(fields, column))
        writer.update(id, { data: printJson(withField(fields, column, undefined)) })
    }
    const kept = Object.entries(mapping.columns).filter(([, from]) => from !== column)
    writer.describe({
      columns: sheet.columns.filter(({ name }) => name !== column),
      mapping: { ...mapping, columns: Object.fromEntries(kept) },
    })
    return () => `Remove column ${column}`
  },

  restore,
}

/** @throws StudioError where the edit does not fit, or `cancelled`; then nothing of it is kept */
export function applyBulkEdit<K extends BulkEdit['kind']>(edit: EditOf<K>, context: BulkContext): Label {
  const apply = bulkEdits[edit.kind as K] as Apply<K>
  return apply(edit, context)
}

type PartOfRow = Pick<StoredRow, 'id' | 'position' | 'split' | 'data'>

const pageRows = 1_000

/** Goes through chosen rows, or (null) all of them in their order, telling how far it is. */
function* rowsOf(ids: readonly number[] | null, { sheet, task }: BulkContext): Generator<PartOfRow> {
  const total = ids?.length ?? sheet.views.order.length
  const pages = ids === null ? pagesOfAll(sheet) : pagesOf(ids, sheet)
  let done = 0
  for (const page of pages) {
    task.check()
    task.progress({ done, total, unit: 'rows' })
    yield* page
    done += page.length
  }
}

/** Page by page, because rows cannot be changed while a query over them is going on. */
function* pagesOfAll({ database }: OpenSheet): Generator<PartOfRow[]> {
  const next = database.prepare<[string, number], PartOfRow>(
    'SELECT id, position, split, data FROM rows WHERE position > ? ORDER BY position LIMIT ?',
  )
  for (let page = next.all('', pageRows); page.length > 0; page = next.all(page.at(-1)!.position, pageRows))
    yield page
}

function* pagesOf(ids: readonly number[], sheet: OpenSheet): Generator<PartOfRow[]> {
  for (let from = 0; from < ids.length; from += pageRows)
    yield ids.slice(from, from + pageRows).map((id) => sheet.stored(id))
}

/**
 * Says for each row, by its place in the order, into which part it goes.
 * @throws StudioError `bad-argument` when a part would be empty
 */
export function splitter(rule: SplitRule, rows: number): (index: number, fields: () => object) => number {
  if (rule.by === 'none') return () => splitNumber(rule.into)
  if (rule.by === 'column') {
    const values = new Set(rule.validation)
    return (_, fields) =>
      values.has(textOf(valueIn(fields() as Record<string, unknown>, rule.column))) ? 1 : 0
  }
  const count = Math.round(rows * rule.fraction)
  if (count === 0 || count === rows)
    throw new StudioError(
      'bad-argument',
      `${counted(rows, 'row')} cannot be split so that ${rule.fraction} of them are held out: a part would be empty.`,
      'Choose another fraction, or add rows.',
    )
  const heldOut = new Uint8Array(rows)
  for (const index of permutation(rows, createRandom(rule.seed)).subarray(0, count)) heldOut[index] = 1
  return (index) => heldOut[index]!
}

function splitLabel(rule: SplitRule): string {
  if (rule.by === 'fraction')
    return `Split: ${Math.round(rule.fraction * 1000) / 10} % validation, seed ${rule.seed}`
  if (rule.by === 'column') return `Split by column ${rule.column}`
  return rule.into === 'train' ? 'Remove the split' : 'All rows to validation'
}
