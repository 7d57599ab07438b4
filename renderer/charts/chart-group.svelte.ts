/** What the charts of one view share: cursor, zoom, hidden runs, and the run nearest to the pointer. */

export interface Range {
  readonly from: number
  readonly to: number
}

export class ChartGroup {
  /** x under the pointer or the keyboard cursor of any chart. */
  cursor = $state.raw<number | null>(null)
  /** The curve nearest to the pointer, or the one chosen in the legend. */
  nearest = $state.raw<string | null>(null)
  /** The part of the x-axis that is seen; null = everything. */
  range = $state.raw<Range | null>(null)
  hidden = $state.raw<ReadonlySet<string>>(new Set())
  /** Width of the widest chart in pixels: how fine curves have to be. */
  pixels = $state(600)

  point(cursor: number | null, nearest: string | null): void {
    this.cursor = cursor
    this.nearest = nearest
  }

  /** Shows a part of the axis, within `extent`; all of it shows everything again. */
  zoom(range: Range | null, extent: Range | null): void {
    if (range === null || extent === null || !(range.to > range.from)) {
      this.range = null
      return
    }
    const from = Math.max(extent.from, range.from)
    const to = Math.min(extent.to, range.to)
    this.range = to > from && (from > extent.from || to < extent.to) ? { from, to } : null
  }

  /** Moves the part that is seen by `distance` in x, as far as there is something to see. */
  pan(distance: number, extent: Range | null): void {
    if (this.range === null || extent === null) return
    const { from, to } = this.range
    const allowed = Math.min(extent.to - to, Math.max(extent.from - from, distance))
    this.range = { from: from + allowed, to: to + allowed }
  }

  isHidden(id: string): boolean {
    return this.hidden.has(id)
  }

  toggle(id: string): void {
    const hidden = new Set(this.hidden)
    if (!hidden.delete(id)) hidden.add(id)
    this.hidden = hidden
  }

  /** Shows one of `ids` alone; asked for again, all of them. */
  isolate(id: string, ids: readonly string[]): void {
    const others = ids.filter((other) => other !== id)
    const alone = !this.hidden.has(id) && others.every((other) => this.hidden.has(other))
    this.hidden = new Set(alone ? [] : others)
  }
}
