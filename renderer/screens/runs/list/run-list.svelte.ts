/** The state of the run table: filter, order, columns, selection, the row that has the keyboard. */
import type { Run } from '../../../../electron/contract/run-record.ts'
import { isText, Persisted } from '../../../state/persisted.svelte.ts'
import { type RunColumn, runColumns } from './columns.ts'
import { findRuns, newestFirst, noFilter, type RunFilter, type RunOrder } from './find-runs.ts'

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText)
const isOrder = (value: unknown): value is RunOrder =>
  typeof value === 'object' && value !== null && 'column' in value && 'descending' in value

export class RunListState {
  filter = $state.raw<RunFilter>(noFilter)
  selected = $state.raw<ReadonlySet<string>>(new Set())
  /** The run whose row has the keyboard and which the inspector shows. */
  current = $state.raw<string>()
  readonly #order = new Persisted<RunOrder>('runs.order', newestFirst, isOrder)
  readonly #columns = new Persisted<readonly string[]>(
    'runs.columns',
    runColumns.filter(({ usual }) => usual).map(({ key }) => key),
    isTexts,
  )
  readonly #runs: () => readonly Run[]
  /** Where a range selected with Shift begins. */
  #anchor: string | undefined

  constructor(runs: () => readonly Run[]) {
    this.#runs = runs
  }

  readonly shown = $derived.by(() => findRuns(this.#runs(), this.filter, this.order))
  readonly columns = $derived.by((): readonly RunColumn[] =>
    runColumns.filter(({ key }) => this.#columns.current.includes(key)),
  )
  /** Selected runs that are still there, in the order of the table. */
  readonly chosen = $derived.by(() => this.shown.filter(({ id }) => this.selected.has(id)))

  get order(): RunOrder {
    return this.#order.current
  }

  get filtered(): boolean {
    return Object.values(this.filter).some((value) => value !== '')
  }

  sortBy(column: string): void {
    const { order } = this
    const descending = order.column === column ? !order.descending : false
    this.#order.current = { column, descending }
  }

  toggleColumn(key: string): void {
    const now = this.#columns.current
    this.#columns.current = now.includes(key) ? now.filter((other) => other !== key) : [...now, key]
  }

  /** Selects or leaves one run. */
  toggle(id: string): void {
    const selected = new Set(this.selected)
    if (!selected.delete(id)) selected.add(id)
    this.selected = selected
    this.#anchor = id
  }

  /** Selects everything between the last selected run and this one. */
  extendTo(id: string): void {
    const ids = this.shown.map((run) => run.id)
    const [a, b] = [ids.indexOf(this.#anchor ?? id), ids.indexOf(id)].sort((x, y) => x - y)
    this.selected = new Set([...this.selected, ...ids.slice(Math.max(0, a!), b! + 1)])
  }

  selectAll(): void {
    this.selected = new Set(this.shown.map(({ id }) => id))
  }

  selectNone(): void {
    this.selected = new Set()
  }

  /** Moves the keyboard by rows. @returns the place of the row in the table */
  move(by: number): number {
    const at = this.shown.findIndex(({ id }) => id === this.current)
    const next = Math.min(this.shown.length - 1, Math.max(0, at + by))
    this.current = this.shown[next]?.id
    return next
  }
}
