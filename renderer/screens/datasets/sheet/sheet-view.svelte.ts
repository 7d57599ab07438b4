/** Sort, filters and search of a sheet: kept in the address, applied by the host. */
import type { Filter, Sort, ViewSpec } from '../../../../electron/contract/datasets/view.ts'
import { type Failure, failureOf, isAbort } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { router } from '../../../state/router.svelte.ts'
import type { SheetRows } from './sheet-rows.svelte.ts'
import { essence, fromText, isWhole, type Spec, toText } from './view-spec.ts'

export class SheetView {
  /** A view is being made. */
  busy = $state(false)
  failure = $state.raw<Failure>()
  /** Revision of the sheet when the view was made; rows keep their places in it while they are edited. */
  appliedAt = $state(0)
  readonly #studio: Studio
  readonly #sheetId: string
  readonly #rows: SheetRows
  #making = new AbortController()

  readonly spec: Spec = $derived(fromText(router.param('view')))

  constructor(studio: Studio, sheetId: string, rows: SheetRows) {
    this.#studio = studio
    this.#sheetId = sheetId
    this.#rows = rows
  }

  get whole(): boolean {
    return isWhole(this.spec)
  }

  /** Changes parts of what is shown. */
  set(changes: Spec): void {
    const view = toText({ ...this.spec, ...changes })
    if (view !== router.param('view')) router.setParams({ view, row: router.param('row') })
  }

  /** Everything in the dataset's order. */
  clear(): void {
    router.setParams({ view: undefined })
  }

  sortOf(column: string): { readonly sort: Sort; readonly place: number } | undefined {
    const list = this.spec.sort ?? []
    const place = list.findIndex((sort) => sort.column === column)
    const sort = list[place]
    return sort === undefined ? undefined : { sort, place }
  }

  /** Ascending, descending, not at all. @param besides keeps what is sorted by already, as the first key */
  cycleSort(column: string, besides: boolean): void {
    const present = this.sortOf(column)?.sort.direction
    const next = present === undefined ? 'ascending' : present === 'ascending' ? 'descending' : undefined
    this.sortBy(column, next, besides)
  }

  sortBy(column: string, direction: Sort['direction'] | undefined, besides = false): void {
    const list = this.spec.sort ?? []
    const kept = besides ? list.filter((sort) => sort.column !== column) : []
    this.set({ sort: direction === undefined ? kept : [...kept, { column, direction }].slice(-5) })
  }

  filtersOf(column: string): readonly Filter[] {
    return (this.spec.filters ?? []).filter((filter) => filter.column === column)
  }

  setFilters(column: string, filters: readonly Filter[]): void {
    const others = (this.spec.filters ?? []).filter((filter) => filter.column !== column)
    this.set({ filters: [...others, ...filters] })
  }

  /**
   * Makes the view of the present spec and shows its rows.
   * @param row is kept in sight when it is in the view
   * @returns its place; 0 when it is not there; undefined when nothing was shown (failed, or a newer view is being made)
   */
  async apply(revision: number, row: number | undefined): Promise<number | undefined> {
    this.#making.abort()
    const making = new AbortController()
    this.#making = making
    const { signal } = making
    const { spec } = this
    this.busy = true
    try {
      const viewId = isWhole(spec) ? null : await this.#make(essence(spec), signal)
      const place = row === undefined ? 0 : await this.#locate(viewId, row, signal)
      await this.#rows.open(viewId, place, signal)
      this.failure = undefined
      this.appliedAt = revision
      return place
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) this.failure = failureOf(error)
      return undefined
    } finally {
      if (this.#making === making) this.busy = false
    }
  }

  async #make(spec: Spec, signal: AbortSignal): Promise<string> {
    // What stands in an address may be anything: the host validates it and says what is wrong.
    const input = { sheetId: this.#sheetId, spec: spec as ViewSpec }
    return (await this.#studio.client.datasets.view(input, { signal })).viewId
  }

  async #locate(viewId: string | null, row: number, signal: AbortSignal): Promise<number> {
    const input = { sheetId: this.#sheetId, viewId, row }
    return (await this.#studio.client.datasets.locate(input, { signal })).offset ?? 0
  }

  close(): void {
    this.#making.abort()
  }
}
