/** Makes the rows those of an earlier version: rows that are still there change, others come back or go. */
import { plainMapping } from '../../../../engine/data/examples/mapping.ts'
import type { DatasetFormat } from '../../../../engine/data/examples/source.ts'
import { StudioError } from '../../../../engine/errors.ts'
import type { BulkEdit } from '../../../contract/datasets/sheet.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { ColumnTally } from '../sheet/column-tally.ts'
import { positionsBetween } from '../sheet/positions.ts'
import { savedIds } from '../sheet/saved-versions.ts'
import { fileLines } from '../versions/file-lines.ts'
import type { BulkContext } from './bulk-edits.ts'
import type { Label } from './edit-context.ts'

/** Where a version of this dataset lies. */
export interface VersionRows {
  readonly number: number
  readonly train: string
  readonly validation: string | null
  readonly format: DatasetFormat
}

/** @throws StudioError `not-found` when this dataset never had the version */
export function restore(_: Extract<BulkEdit, { kind: 'restore' }>, context: BulkContext): Label {
  const { sheet, writer, version } = context
  const ids = version === null ? null : savedIds(sheet.database, version.number)
  if (version === null || ids === null)
    throw new StudioError(
      'not-found',
      'This version is none of the dataset.',
      'Copy it into a dataset of its own.',
    )
  const tally = new ColumnTally()
  const wanted = new Set<number>()
  const positions = new Positions(context)
  for (const { id, split, data } of rowsOf(version, ids, context)) {
    tally.add(fieldsOf(data))
    wanted.add(id)
    const now = sheet.find(id)
    if (now === null) writer.insert({ position: positions.held(id), split, data }, id)
    else {
      if (now.split !== split || now.data !== data) writer.update(id, { split, data })
      positions.kept(id, now.position)
    }
  }
  for (const id of sheet.views.order) if (!wanted.has(id)) writer.remove(id)
  positions.settle()
  const kinds = new Map(sheet.columns.map(({ name, kind }) => [name, kind]))
  const columns = tally.columns().map(({ name, kind }) => ({ name, kind: kinds.get(name) ?? kind }))
  const names = columns.map(({ name }) => name)
  writer.describe({ columns, mapping: plainMapping(version.format, names) })
  return () => `Restore version ${version.number}`
}

/** The version's rows in the dataset's order. */
function* rowsOf({ train, validation }: VersionRows, ids: Int32Array, { task }: BulkContext) {
  const files = [fileLines(train), validation === null ? null : fileLines(validation)] as const
  for (const [i, signed] of ids.entries()) {
    if (i % 1_000 === 0) {
      task.check()
      task.progress({ done: i, total: ids.length, unit: 'rows' })
    }
    const split = signed < 0 ? 1 : 0
    const line = files[split]?.next()
    if (line === undefined || line.done)
      throw new StudioError(
        'bad-file',
        'The files of the version are not complete.',
        'Restore them from a copy.',
      )
    yield { id: Math.abs(signed), split, data: line.value.text }
  }
}

/** Rows whose positions are in order keep them; the others get places between. */
class Positions {
  readonly #context: BulkContext
  #last: string | null = null
  #waiting: number[] = []

  constructor(context: BulkContext) {
    this.#context = context
  }

  kept(id: number, position: string): void {
    if (this.#last !== null && position <= this.#last) {
      this.#waiting.push(id)
      return
    }
    this.#place(position)
    this.#last = position
  }

  /** A place for now, settled with the next row that keeps its own. */
  held(id: number): string {
    this.#waiting.push(id)
    return ''
  }

  settle(): void {
    this.#place(null)
  }

  #place(after: string | null): void {
    const positions = positionsBetween(this.#last, after, this.#waiting.length)
    for (const [i, id] of this.#waiting.entries())
      this.#context.writer.update(id, { position: positions[i]! })
    this.#waiting = []
  }
}
