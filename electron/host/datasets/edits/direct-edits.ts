/** Edits of chosen rows: one entry per kind, which changes rows and says what was done. */
import { mappingFaults } from '../../../../engine/data/examples/mapping.ts'
import { printJson } from '../../../../engine/data/json.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { Edit } from '../../../contract/datasets/sheet.ts'
import type { Fields } from '../sheet/cells.ts'
import { positionsBetween } from '../sheet/positions.ts'
import {
  columnNamed,
  counted,
  type EditContext,
  insertBetween,
  type Label,
  neighbours,
  refuseTakenName,
  splitNumber,
  updateFields,
  withText,
} from './edit-context.ts'
import { paste } from './paste.ts'

type EditOf<K extends Edit['kind']> = Extract<Edit, { kind: K }>
type Apply<K extends Edit['kind']> = (edit: EditOf<K>, context: EditContext) => Label

const directEdits: { readonly [K in Edit['kind']]: Apply<K> } = {
  cells({ cells }, context) {
    const byRow = Map.groupBy(cells, ({ row }) => row)
    for (const [row, changes] of byRow) {
      updateFields(context, row, (fields) =>
        changes.reduce((now, { column, text }) => withText(now, columnNamed(context, column), text), fields),
      )
    }
    return () => `Edit ${counted(cells.length, 'cell')}`
  },

  fill({ rows, columns, text }, context) {
    const filled = columns.map((name) => columnNamed(context, name))
    for (const id of context.sheet.selected(rows)) {
      updateFields(context, id, (fields) =>
        filled.reduce((now, column) => withText(now, column, text), fields),
      )
    }
    return (count) => `Fill ${counted(count, 'row')}`
  },

  insert({ below, rows, split }, context) {
    const place = neighbours(context, below)
    const part = split === undefined ? (place.above?.split ?? 0) : splitNumber(split)
    const texts = rows.map((row) =>
      Object.entries(row).reduce<Fields>(
        (fields, [name, text]) => withText(fields, columnNamed(context, name), text),
        {},
      ),
    )
    insertBetween(
      context,
      place,
      texts.map((fields) => ({ split: part, data: printJson(fields) })),
    )
    return (count) => `Add ${counted(count, 'row')}`
  },

  duplicate({ rows }, context) {
    const { sheet } = context
    for (const id of sheet.selected(rows)) {
      const { split, data } = sheet.stored(id)
      insertBetween(context, neighbours(context, id), [{ split, data }])
    }
    return (count) => `Duplicate ${counted(count, 'row')}`
  },

  delete({ rows }, { sheet, writer }) {
    for (const id of sheet.selected(rows)) writer.remove(id)
    return (count) => `Delete ${counted(count, 'row')}`
  },

  move({ rows, below }, context) {
    const { sheet, writer } = context
    const moved = sheet.selected(rows)
    if (below !== null && moved.includes(below))
      throw new StudioError('bad-argument', 'Rows cannot be moved below themselves.', 'Choose another place.')
    const ids = new Set(moved)
    const next = sheet.database.prepare<[string], { id: number; position: string }>(
      'SELECT id, position FROM rows WHERE position > ? ORDER BY position LIMIT 1',
    )
    const before = below === null ? null : sheet.stored(below).position
    // Rows that are moved away themselves do not bound the place.
    let after = next.get(before ?? '')
    while (after !== undefined && ids.has(after.id)) after = next.get(after.position)
    const positions = positionsBetween(before, after?.position ?? null, moved.length)
    for (const [i, id] of moved.entries()) writer.update(id, { position: positions[i]! })
    return (count) => `Move ${counted(count, 'row')}`
  },

  'set-split'({ rows, split }, { sheet, writer }) {
    const part = splitNumber(split)
    for (const id of sheet.selected(rows))
      if (sheet.stored(id).split !== part) writer.update(id, { split: part })
    return (count) => `Move ${counted(count, 'row')} to ${split === 'train' ? 'training' : 'validation'}`
  },

  paste,

  'add-column'({ name }, context) {
    refuseTakenName(context, name)
    context.writer.describe({ columns: [...context.sheet.columns, { name, kind: 'text' }] })
    return () => `Add column ${name}`
  },

  mapping({ mapping }, { sheet, writer }) {
    const [fault] = mappingFaults(
      mapping,
      sheet.columns.map(({ name }) => name),
    )
    if (fault !== undefined)
      throw new StudioError(
        'bad-argument',
        `The mapping does not fit: ${fault}.`,
        'Choose columns for all fields.',
      )
    if (printJson(mapping) !== printJson(sheet.meta.get('mapping'))) writer.describe({ mapping })
    return () => 'Change mapping'
  },
}

/** @throws StudioError where the edit does not fit; then nothing of it is kept */
export function applyEdit<K extends Edit['kind']>(edit: EditOf<K>, context: EditContext): Label {
  const apply = directEdits[edit.kind as K] as Apply<K>
  return apply(edit, context)
}
