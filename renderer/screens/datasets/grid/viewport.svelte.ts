/** Which rows are on the screen, and where their elements stand inside the scrolled one. */
import { type Place, type ScrollSpace, scrolled, scrollSpace } from './scroll-space.ts'

/** Rows kept ready above and below what is seen. */
const spare = 6
/** Rows are placed relative to a base that moves in steps, because far offsets lose their last digits in the compositor. */
const baseStep = 50_000

export class Viewport {
  /** Height of the part in which rows are seen, pixels. */
  height = $state(600)
  #place = $state.raw<Place>({ depth: 0, top: 0 })
  readonly #rows: () => number
  readonly #rowHeight: () => number

  constructor(rows: () => number, rowHeight: () => number) {
    this.#rows = rows
    this.#rowHeight = rowHeight
  }

  readonly total = $derived.by(() => this.#rows() * this.#rowHeight())
  readonly space: ScrollSpace = $derived(scrollSpace(this.total))
  /** Elements for rows; a row keeps its element while it stays near. */
  readonly slots = $derived.by(() => Math.ceil(this.height / this.#rowHeight()) + 2 * spare + 1)
  /** Row of the first element. */
  readonly first = $derived.by(() => Math.max(0, Math.floor(this.#place.depth / this.#rowHeight()) - spare))
  readonly #shift = $derived(this.#place.depth - this.#place.top)
  readonly base = $derived.by(() => {
    const top = this.first * this.#rowHeight() - this.#shift
    return Math.floor(top / baseStep) * baseStep
  })

  get depth(): number {
    return this.#place.depth
  }

  /** The rows that are seen, wholly or in part: `[from, to)`. */
  get seen(): readonly [from: number, to: number] {
    const height = this.#rowHeight()
    const from = Math.floor(this.#place.depth / height)
    return [from, Math.min(this.#rows(), Math.ceil((this.#place.depth + this.height) / height))]
  }

  /** Rows that fit. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / this.#rowHeight()))
  }

  /** The row that an element shows. */
  rowOf(slot: number): number {
    const { first, slots } = this
    return first + ((((slot - first) % slots) + slots) % slots)
  }

  /** Where a row stands below the base, pixels. */
  topOf(row: number): number {
    return row * this.#rowHeight() - this.#shift - this.base
  }

  /** The element was scrolled by the person. */
  follow(top: number): void {
    this.#place = scrolled(this.space, this.#place, top, this.total, this.height)
  }

  /** Scrolling has come to rest: where the bar has to stand now. */
  settle(): number {
    return this.goTo(this.#place.depth)
  }

  /** @param depth pixels down in the rows @returns where the element has to be scrolled to */
  goTo(depth: number): number {
    const inside = Math.round(Math.min(Math.max(depth, 0), Math.max(0, this.total - this.height)))
    this.#place = { depth: inside, top: Math.round(this.space.toTop(inside)) }
    return this.#place.top
  }

  /** How far down the view has to be so that a row is seen whole; the present depth when it is. */
  depthFor(row: number): number {
    const height = this.#rowHeight()
    const top = row * height
    const { depth } = this.#place
    if (top < depth) return top
    return top + height > depth + this.height ? top + height - this.height : depth
  }
}
