/** What is selected in the grid: whole rows, or a rectangle of cells between an anchor and the cursor. */
import { between, contains, countIn, type Range, type Ranges, withoutRange, withRange } from './ranges.ts'

export interface CellPlace {
  /** Place of the row in the view. */
  readonly offset: number
  /** Place of the column among those shown. */
  readonly column: number
}

const start: CellPlace = { offset: 0, column: 0 }

export class Selection {
  cursor = $state.raw<CellPlace>(start)
  anchor = $state.raw<CellPlace>(start)
  /** Rows selected as wholes, by their numbers; then the rectangle does not count. */
  rows = $state.raw<Ranges>([])
  /** Where a stretch of rows began. */
  #rowAnchor = 0

  get wholeRows(): boolean {
    return this.rows.length > 0
  }

  /** Rows that an action on rows is about. */
  readonly rowRanges: Ranges = $derived(
    this.rows.length > 0 ? this.rows : [between(this.anchor.offset, this.cursor.offset)],
  )

  readonly rowCount = $derived(countIn(this.rowRanges))

  readonly columnRange: Range = $derived(between(this.anchor.column, this.cursor.column))

  /** More than one cell. */
  readonly isBlock = $derived(
    !this.wholeRows &&
      (this.anchor.offset !== this.cursor.offset || this.anchor.column !== this.cursor.column),
  )

  hasRow(offset: number): boolean {
    return contains(this.rows, offset)
  }

  hasCell(offset: number, column: number): boolean {
    if (this.rows.length > 0) return contains(this.rows, offset)
    const [left, right] = this.columnRange
    return contains(this.rowRanges, offset) && column >= left && column < right
  }

  /** @param extend keeps the anchor, so that the rectangle grows */
  moveTo(place: CellPlace, extend = false): void {
    this.rows = []
    this.cursor = place
    if (!extend) this.anchor = place
    this.#rowAnchor = this.anchor.offset
  }

  selectRow(offset: number, how: 'only' | 'toggle' | 'extend'): void {
    const place = { offset, column: this.cursor.column }
    if (how === 'extend') {
      this.rows = [between(this.#rowAnchor, offset)]
      this.cursor = place
      return
    }
    this.#rowAnchor = offset
    const range: Range = [offset, offset + 1]
    if (how === 'only') this.rows = [range]
    else this.rows = this.hasRow(offset) ? withoutRange(this.rows, range) : withRange(this.rows, range)
    this.cursor = place
    this.anchor = place
  }

  selectRows(ranges: Ranges): void {
    this.rows = ranges
    const [first] = ranges
    if (first === undefined) return
    this.#rowAnchor = first[0]
    this.cursor = { ...this.cursor, offset: first[0] }
    this.anchor = this.cursor
  }

  selectAll(total: number): void {
    this.rows = total === 0 ? [] : [[0, total]]
  }

  /** The rows of the rectangle become selected as wholes. */
  rectangleToRows(): void {
    this.#rowAnchor = this.anchor.offset
    this.rows = this.rowRanges
  }

  /** Only the cursor is left. */
  collapse(): void {
    this.rows = []
    this.anchor = this.cursor
  }

  /** Keeps everything inside a view of so many rows and columns. */
  clamp(rows: number, columns: number): void {
    const inside = (place: CellPlace): CellPlace => ({
      offset: Math.max(0, Math.min(place.offset, rows - 1)),
      column: Math.max(0, Math.min(place.column, columns - 1)),
    })
    const cursor = inside(this.cursor)
    const anchor = inside(this.anchor)
    if (!same(cursor, this.cursor)) this.cursor = cursor
    if (!same(anchor, this.anchor)) this.anchor = anchor
    if (this.rows.some(([, to]) => to > rows))
      this.rows = withoutRange(this.rows, [rows, Number.MAX_SAFE_INTEGER])
  }
}

const same = (a: CellPlace, b: CellPlace) => a.offset === b.offset && a.column === b.column
