/** How the columns of a dataset are laid out: order, width, which are hidden. Remembered per dataset by this window. */
import type { Column, GridRow } from '../../../../electron/contract/datasets/cells.ts'
import { Persisted } from '../../../state/persisted.svelte.ts'

export interface ShownColumn extends Column {
  /** Its place in the cells of a row. */
  readonly index: number
  readonly width: number
}

interface Layout {
  readonly order: readonly string[]
  readonly hidden: readonly string[]
  readonly widths: Readonly<Record<string, number>>
}

const least = 60
const most = 1_600
const textLeast = 200
/** Columns whose texts are no longer than this get the width they need; the others share what is left. */
const shortText = 24
const characterPixels = 7
/** Beside a text: padding; beside a name: its field, marks and button. */
const textAir = 24
const nameAir = 56

export class ColumnLayout {
  /** Characters of the longest text among the first rows, by column; looked at once, so that widths stay. */
  #longest = $state.raw<readonly number[]>([])
  /** Pixels that the columns share while the person has not set their widths. */
  available = $state(800)
  readonly #layout: Persisted<Layout>
  readonly #columns: () => readonly Column[]

  constructor(datasetId: string, columns: () => readonly Column[]) {
    this.#layout = new Persisted<Layout>(
      `datasets.columns.${datasetId}`,
      { order: [], hidden: [], widths: {} },
      isLayout,
    )
    this.#columns = columns
  }

  /** All columns in the order shown; new ones come last. */
  readonly all = $derived.by(() => {
    const { order } = this.#layout.current
    const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
    return this.#columns()
      .map((column, index) => ({ ...column, index }))
      .sort((a, b) => rank(a.name) - rank(b.name) || a.index - b.index)
  })

  readonly shown: readonly ShownColumn[] = $derived.by(() => {
    const { hidden, widths } = this.#layout.current
    const visible = this.all.filter((column) => !hidden.includes(column.name))
    const own = visible.map((column) => widths[column.name] ?? this.#needed(column))
    const taken = own.reduce<number>((sum, width) => sum + (width ?? 0), 0)
    const sharing = own.filter((width) => width === undefined).length
    const share = Math.max(textLeast, Math.floor((this.available - taken) / Math.max(1, sharing)))
    return visible.map((column, i) => ({ ...column, width: own[i] ?? share }))
  })

  readonly width = $derived(this.shown.reduce((sum, column) => sum + column.width, 0))

  /** The first rows tell which columns are narrow. */
  learn(rows: readonly GridRow[]): void {
    if (this.#longest.length > 0) return
    this.#longest = this.#columns().map((_, i) =>
      rows.reduce((most, { cells }) => Math.max(most, cells[i]?.chars ?? 0), 0),
    )
  }

  #needed({ index, name }: Column & { readonly index: number }): number | undefined {
    const longest = this.#longest[index]
    if (longest === undefined || longest > shortText) return undefined
    return Math.max(longest * characterPixels + textAir, name.length * 8 + nameAir)
  }

  isHidden(name: string): boolean {
    return this.#layout.current.hidden.includes(name)
  }

  /** At least one column stays. */
  setHidden(name: string, hide: boolean): void {
    const hidden = this.#layout.current.hidden.filter((other) => other !== name)
    if (hide && this.shown.length <= 1) return
    this.#change({ hidden: hide ? [...hidden, name] : hidden })
  }

  setWidth(name: string, width: number): void {
    const widths = { ...this.#layout.current.widths, [name]: within(width) }
    this.#change({ widths })
  }

  /** Puts a column before another one; null: at the end. */
  moveBefore(name: string, other: string | null): void {
    if (name === other) return
    const order = this.all.map((column) => column.name).filter((column) => column !== name)
    const place = other === null ? order.length : order.indexOf(other)
    this.#change({ order: order.toSpliced(place, 0, name) })
  }

  /** One place to the left (−1) or right (1) among the columns that are shown. */
  shift(name: string, by: -1 | 1): void {
    const names = this.shown.map((column) => column.name)
    const at = names.indexOf(name)
    const target = by < 0 ? names[at - 1] : (names[at + 2] ?? null)
    if (target !== undefined && (by < 0 || at < names.length - 1)) this.moveBefore(name, target)
  }

  /** Order, widths and hidden columns as at first. */
  reset(): void {
    this.#layout.current = { order: [], hidden: [], widths: {} }
  }

  #change(changes: Partial<Layout>): void {
    this.#layout.current = { ...this.#layout.current, ...changes }
  }
}

const within = (width: number) => Math.min(most, Math.max(least, Math.round(width)))

function isLayout(value: unknown): value is Layout {
  if (typeof value !== 'object' || value === null) return false
  if (!('order' in value && 'hidden' in value && 'widths' in value)) return false
  const { order, hidden, widths } = value
  return (
    [order, hidden].every((list) => Array.isArray(list) && list.every((name) => typeof name === 'string')) &&
    typeof widths === 'object' &&
    widths !== null &&
    Object.values(widths).every((width) => typeof width === 'number')
  )
}
