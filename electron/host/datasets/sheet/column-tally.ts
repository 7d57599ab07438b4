/** Counts what stands in each column, in the order in which columns appear. */
import type { ColumnKind } from '../../../contract/datasets/cells.ts'
import { type Fields, kindOf, textOf } from './cells.ts'
import type { SheetColumn } from './working-file.ts'

interface Tally {
  /** Rows by the kind of what stands there. */
  readonly kinds: Record<ColumnKind, number>
  filled: number
  /** Rows by text, while there are few different ones; else null. */
  values: Map<string, number> | null
}

/** So many different values may be what a split goes by. */
const mostValues = 12
const longestValue = 100

export class ColumnTally {
  readonly #columns = new Map<string, Tally>()
  readonly #withValues: boolean

  constructor({ values = false } = {}) {
    this.#withValues = values
  }

  add(fields: Fields): void {
    for (const name of Object.keys(fields)) {
      let tally = this.#columns.get(name)
      if (tally === undefined) {
        tally = {
          kinds: { text: 0, number: 0, boolean: 0, json: 0 },
          filled: 0,
          values: this.#withValues ? new Map() : null,
        }
        this.#columns.set(name, tally)
      }
      const value = fields[name]
      const kind = kindOf(value)
      if (kind === 'missing' || kind === 'null') continue
      tally.kinds[kind] += 1
      if (kind !== 'text' || (value as string).trim() !== '') tally.filled += 1
      if (tally.values !== null) countValue(tally, textOf(value))
    }
  }

  /** Each with the kind that most of its cells have. */
  columns(): SheetColumn[] {
    return [...this.#columns].map(([name, { kinds }]) => ({ name, kind: commonest(kinds) }))
  }

  describe(): (SheetColumn & { filled: number; values: { value: string; rows: number }[] })[] {
    return [...this.#columns].map(([name, { kinds, filled, values }]) => ({
      name,
      kind: commonest(kinds),
      filled,
      values: [...(values ?? [])].map(([value, rows]) => ({ value, rows })),
    }))
  }
}

function commonest(kinds: Tally['kinds']): ColumnKind {
  const [first] = (Object.entries(kinds) as [ColumnKind, number][]).sort(([, a], [, b]) => b - a)
  return first![0]
}

function countValue(tally: Tally, text: string): void {
  const { values } = tally
  if (values === null) return
  values.set(text, (values.get(text) ?? 0) + 1)
  if (values.size > mostValues || text.length > longestValue) tally.values = null
}
