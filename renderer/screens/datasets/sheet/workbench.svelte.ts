/** One opened dataset with all that belongs to working on it: rows, view, columns, selection, search, the cell being edited. */
import { getContext, setContext, tick } from 'svelte'
import type { GridRow } from '../../../../electron/contract/datasets/cells.ts'
import type { Edited } from '../../../../electron/contract/datasets/sheet.ts'
import type { Selection as RowSelection } from '../../../../electron/contract/datasets/view.ts'
import type { Failure } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { ColumnLayout } from '../grid/column-layout.svelte.ts'
import { type Ranges, withRange } from '../grid/ranges.ts'
import { type CellPlace, Selection } from '../grid/selection.svelte.ts'
import type { CellEdit } from './cell-edit.svelte.ts'
import { OpenSheet } from './open-sheet.svelte.ts'
import { SearchState } from './search-state.svelte.ts'
import { SheetRows } from './sheet-rows.svelte.ts'
import { SheetView } from './sheet-view.svelte.ts'

/** Of many new rows, so many are selected. */
const mostFollowed = 200

/** What the grid does for others once it is on the screen. */
export interface GridHandle {
  /** Scrolls as little as needed. */
  reveal(place: CellPlace): void
  focus(): void
  /** Rows that fit on the screen. */
  readonly pageRows: number
}

/** A text that could not be stored, kept until the person has decided. */
export interface Rejected {
  readonly edit: CellEdit
  readonly failure: Failure
}

export class Workbench {
  readonly studio: Studio
  readonly open: OpenSheet
  readonly rows: SheetRows
  readonly view: SheetView
  readonly columns: ColumnLayout
  readonly selection = new Selection()
  readonly search = new SearchState()
  editing = $state.raw<CellEdit>()
  rejected = $state.raw<readonly Rejected[]>([])
  grid: GridHandle | undefined
  /** The revision whose rows are shown, or on their way. */
  #shown: { readonly revision: number | undefined; readonly done: Promise<void> } = {
    revision: undefined,
    done: Promise.resolve(),
  }

  /** @param datasetId whose layout of columns is used; @param sheetId the dataset or one of its versions */
  constructor(studio: Studio, datasetId: string, sheetId: string) {
    this.studio = studio
    this.open = new OpenSheet(studio, sheetId)
    this.rows = new SheetRows(studio, sheetId)
    this.view = new SheetView(studio, sheetId, this.rows)
    this.columns = new ColumnLayout(datasetId, () => this.open.sheet?.columns ?? [])
  }

  get editable(): boolean {
    return this.open.editable && !this.open.busy
  }

  /** The row at the cursor; undefined while it is on its way, and where there are none. */
  get row(): GridRow | undefined {
    return this.rows.at(this.selection.cursor.offset)
  }

  /** Rows that the next action is about, as the host takes them. */
  selectedRows(): RowSelection {
    const ranges = this.selection.rowRanges.map(([from, to]): [number, number] => [from, to])
    return { viewId: this.rows.viewId, ranges }
  }

  /** Names of the columns that the selection reaches over. */
  selectedColumns(): string[] {
    const names = this.columns.shown.map((column) => column.name)
    return this.selection.wholeRows ? names : names.slice(...this.selection.columnRange)
  }

  /** Moves the cursor and brings it into sight. */
  goTo(place: CellPlace, extend = false): void {
    const { rows, columns, selection } = this
    selection.moveTo(place, extend)
    selection.clamp(rows.total, columns.shown.length)
    this.grid?.reveal(selection.cursor)
  }

  move(down: number, right: number, extend = false): void {
    const { offset, column } = this.selection.cursor
    this.goTo({ offset: offset + down, column: column + right }, extend)
  }

  /**
   * Goes to a row wherever it stands in the view, unless the person goes elsewhere while it is looked for.
   * @returns whether it went there
   */
  async goToRow(row: number, column = this.selection.cursor.column): Promise<boolean> {
    const { cursor } = this.selection
    const offset = await this.#placeOf(row)
    if (offset === null || this.selection.cursor !== cursor) return false
    this.goTo({ offset, column })
    return true
  }

  /** Shows the rows of the present revision; once for each. */
  refresh(): Promise<void> {
    const revision = this.open.sheet?.revision
    if (this.#shown.revision !== revision) this.#shown = { revision, done: this.#fetchAgain() }
    return this.#shown.done
  }

  async #fetchAgain(): Promise<void> {
    await this.rows.refresh()
    // The grid must be as high as its rows before it can be scrolled to one of them.
    await tick()
    this.selection.clamp(this.rows.total, this.columns.shown.length)
    if (this.editing !== undefined) await this.#followEdited(this.editing)
  }

  /** Makes the view anew, as the address has it. @param row is kept in sight */
  async show(row: number | undefined): Promise<void> {
    const revision = this.open.sheet?.revision
    if (revision === undefined) return
    const place = await this.view.apply(revision, row)
    if (place === undefined) return
    this.#shown = { revision, done: Promise.resolve() }
    this.columns.learn(this.rows.atHand)
    await tick()
    this.goTo({ offset: place, column: this.selection.cursor.column })
  }

  /**
   * Shows what a change made, and goes there, unless the person has gone elsewhere meanwhile.
   * @param then goes somewhere else instead
   */
  async made(
    change: Promise<Edited | undefined>,
    then: (edited: Edited) => unknown = (edited) => this.#follow(edited),
  ): Promise<Edited | undefined> {
    const { cursor } = this.selection
    const edited = await change
    // A refused change may have been shown already.
    if (edited === undefined) await this.rows.refresh()
    else {
      await this.refresh()
      if (this.selection.cursor === cursor) await then(edited)
    }
    return edited
  }

  /** What was made is selected, what was changed is brought into sight. */
  async #follow({ inserted, row }: Edited): Promise<void> {
    const [first] = inserted
    if (first === undefined) {
      if (row !== null && row !== this.row?.id) await this.goToRow(row)
      return
    }
    if (!(await this.goToRow(first)) || inserted.length === 1) return
    const { cursor } = this.selection
    const places = await Promise.all(inserted.slice(0, mostFollowed).map((id) => this.#placeOf(id)))
    if (this.selection.cursor !== cursor) return
    const ranges = places.reduce<Ranges>(
      (found, place) => (place === null ? found : withRange(found, [place, place + 1])),
      [],
    )
    this.selection.selectRows(ranges)
  }

  async #placeOf(row: number): Promise<number | null> {
    const input = { sheetId: this.open.id, viewId: this.rows.viewId, row }
    return (await this.studio.client.datasets.locate(input)).offset
  }

  close(): void {
    this.open.close()
    this.rows.close()
    this.view.close()
  }

  /** Rows above the edited one may have come or gone, and another window may have stored another text in the cell. */
  async #followEdited(edit: CellEdit): Promise<void> {
    edit.offset = this.rows.find(edit.row) ?? edit.offset
    if (!edit.ready) return
    const row = await this.fetchRow(edit.row)
    if (this.editing !== edit) return
    const theirs = row?.cells[edit.column.index]?.text
    edit.theirs = theirs === edit.original ? undefined : (theirs ?? '')
  }

  /** A row with whole texts; undefined when it is gone. */
  async fetchRow(row: number): Promise<GridRow | undefined> {
    try {
      return await this.studio.client.datasets.row({ sheetId: this.open.id, row })
    } catch {
      // The row was deleted meanwhile: what is being done with it will be refused with the reason.
      return undefined
    }
  }
}

const key = Symbol('workbench')

export function provideWorkbench(workbench: Workbench): Workbench {
  return setContext(key, workbench)
}

export function useWorkbench(): Workbench {
  return getContext<Workbench>(key)
}
