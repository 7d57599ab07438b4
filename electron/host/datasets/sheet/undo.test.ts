/** Whatever is edited in whatever order: undo brings back what was, redo what came of it, and views follow. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StudioError } from '../../../../engine/errors.ts'
import type { BulkEdit, Edit } from '../../../contract/datasets/sheet.ts'
import { applyBulkEdit } from '../edits/bulk-edits.ts'
import { applyEdit } from '../edits/direct-edits.ts'
import { smallSheet, task } from '../testing/small-sheet.ts'
import type { OpenSheet } from './open-sheet.ts'

/** Everything that undo must bring back. */
function picture(sheet: OpenSheet) {
  const rows = sheet.database.prepare('SELECT id, position, split, data FROM rows ORDER BY position').all()
  const { columns, mapping, trainRows, validationRows } = sheet.state()
  return { rows, columns, mapping, trainRows, validationRows, order: [...sheet.views.order] }
}

/** Edits with numbers for rows, which are turned into ids that are there. */
type Plan = (ids: readonly number[]) => Edit | BulkEdit

const text = fc.constantFrom('', 'a', 'b', 'Ünïcode 🙂', 'line\nbreak', '"quoted"', 'tab\there')
const places = fc.array(fc.nat(), { minLength: 1, maxLength: 5 })
const some = (ids: readonly number[], wanted: readonly number[]) => ({
  ids: [...new Set(wanted.map((n) => ids[n % ids.length]!))],
})
const column = fc.constantFrom('prompt', 'completion', 'note')
const plan: fc.Arbitrary<Plan> = fc.oneof(
  fc.tuple(places, column, fc.option(text)).map(
    ([rows, name, value]): Plan =>
      (ids) => ({
        kind: 'cells',
        cells: some(ids, rows).ids.map((row) => ({ row, column: name, text: value })),
      }),
  ),
  fc.tuple(places, text).map(
    ([rows, value]): Plan =>
      (ids) => ({ kind: 'fill', rows: some(ids, rows), columns: ['note', 'completion'], text: value }),
  ),
  fc.tuple(fc.option(fc.nat()), fc.array(text, { minLength: 1, maxLength: 4 })).map(
    ([below, texts]): Plan =>
      (ids) => ({
        kind: 'insert',
        below: below === null ? null : ids[below % ids.length]!,
        rows: texts.map((prompt) => ({ prompt })),
      }),
  ),
  places.map(
    (rows): Plan =>
      (ids) => ({ kind: 'duplicate', rows: some(ids, rows) }),
  ),
  places.map(
    (rows): Plan =>
      (ids) => ({ kind: 'delete', rows: some(ids, rows) }),
  ),
  fc.tuple(places, fc.option(fc.nat())).map(
    ([rows, below]): Plan =>
      (ids) => ({
        kind: 'move',
        rows: some(ids, rows),
        below: below === null ? null : ids[below % ids.length]!,
      }),
  ),
  fc.tuple(places, fc.constantFrom('train' as const, 'validation' as const)).map(
    ([rows, split]): Plan =>
      (ids) => ({ kind: 'set-split', rows: some(ids, rows), split }),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('x\ty\nz\n', 'one', '"two\nlines"\tb\r\nc\td')).map(
    ([row, block]): Plan =>
      (ids) => ({
        kind: 'paste',
        viewId: null,
        row: ids[row % ids.length]!,
        columns: ['completion', 'note'],
        text: block,
      }),
  ),
  fc.constant<Plan>(() => ({
    kind: 'replace',
    search: { text: 'a', matchCase: false, wholeWord: false, regex: false, columns: null },
    replacement: 'ä',
    rows: null,
  })),
  fc.integer({ min: 0, max: 3 }).map(
    (seed): Plan =>
      () => ({ kind: 'split', rule: { by: 'fraction', fraction: 0.4, seed } }),
  ),
  fc.constant<Plan>(() => ({ kind: 'rename-column', column: 'note', name: 'remark' })),
  fc.constant<Plan>(() => ({ kind: 'remove-column', column: 'note' })),
  fc.constant<Plan>(() => ({ kind: 'add-column', name: 'added' })),
  fc.constant<Plan>(() => ({
    kind: 'mapping',
    mapping: { format: 'text', columns: { text: 'completion' } },
  })),
)

const bulk = new Set<string>(['replace', 'split', 'fix', 'rename-column', 'remove-column', 'restore'])

/** @returns whether there is a new step; edits that do not fit change nothing */
function tryEdit(sheet: OpenSheet, edit: Edit | BulkEdit): boolean {
  const before = picture(sheet)
  try {
    const effect = sheet.change(
      () => edit.kind,
      (writer) => {
        const context = { sheet, writer, task, version: null }
        if (bulk.has(edit.kind)) applyBulkEdit(edit as BulkEdit, context)
        else applyEdit(edit as Edit, context)
      },
    )
    return effect !== null
  } catch (error) {
    expect(error).toBeInstanceOf(StudioError)
    expect(picture(sheet)).toEqual(before)
    return false
  }
}

const rows = Array.from({ length: 8 }, (_, i) => ({
  prompt: `question ${i}`,
  completion: `a${i}`,
  ...(i % 2 === 0 ? { note: 'n' } : {}),
}))

test('undo after any edits brings back every state, redo goes forward through them again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
      const sheet = await smallSheet(rows)
      const all = sheet.views.add(sheet.views.order.slice(), false)
      const reversed = sheet.views.add(sheet.views.order.slice().reverse(), true)
      const states = [picture(sheet)]
      const orders = [[...sheet.views.ids(reversed)]]
      for (const make of plans) {
        if (sheet.views.order.length === 0) break
        if (!tryEdit(sheet, make([...sheet.views.order]))) continue
        states.push(picture(sheet))
        orders.push([...sheet.views.ids(reversed)])
        expect([...sheet.views.ids(all)]).toEqual([...sheet.views.order])
        expect(orders.at(-1)!.toSorted()).toEqual([...sheet.views.order].toSorted())
      }
      for (let i = states.length - 2; i >= 0; i--) {
        sheet.undo()
        expect(picture(sheet)).toEqual(states[i])
        expect([...sheet.views.ids(all)]).toEqual([...sheet.views.order])
      }
      expect(sheet.undo()).toBeNull()
      for (const state of states.slice(1)) {
        sheet.redo()
        expect(picture(sheet)).toEqual(state)
        expect([...sheet.views.ids(all)]).toEqual([...sheet.views.order])
      }
      expect(sheet.redo()).toBeNull()
      sheet.close()
    }),
    { numRuns: 60 },
  )
})

test('deleted rows come back to their places in a sorted view', async () => {
  const sheet = await smallSheet(rows)
  const shown = Int32Array.from([5, 1, 8, 3, 2, 7])
  const viewId = sheet.views.add(shown, true)
  tryEdit(sheet, { kind: 'delete', rows: { ids: [1, 3, 7, 4] } })
  expect([...sheet.views.ids(viewId)]).toEqual([5, 8, 2])
  sheet.undo()
  expect([...sheet.views.ids(viewId)]).toEqual([...shown])
})

test('a new edit after undo forgets what was undone', async () => {
  const sheet = await smallSheet(rows)
  tryEdit(sheet, { kind: 'delete', rows: { ids: [1] } })
  tryEdit(sheet, { kind: 'delete', rows: { ids: [2] } })
  sheet.undo()
  tryEdit(sheet, { kind: 'cells', cells: [{ row: 3, column: 'prompt', text: 'other' }] })
  expect(sheet.state().redo).toBeNull()
  sheet.undo()
  expect([...sheet.views.order]).toEqual([2, 3, 4, 5, 6, 7, 8])
})
