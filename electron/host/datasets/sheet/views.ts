/** Views: which rows are shown in which order, as arrays of ids, so that any block of rows is found at once. */
import { StudioError } from '../../../../engine/errors.ts'
import type { Told } from './step-writer.ts'

interface SheetView {
  ids: Int32Array
  /** In another order than the dataset's. */
  readonly sorted: boolean
  /** Where rows stood that were deleted (−1: not in the view), so that undo puts them back there. */
  readonly homes: Map<number, number>
}

/** Views of 1 000 000 rows take 4 MB each. */
const keptViews = 12

export class Views {
  /** The oldest first. */
  readonly #views = new Map<string, SheetView>()
  #next = 1
  #order: Int32Array<ArrayBufferLike>

  /** @param order ids of all rows in the dataset's order */
  constructor(order: Int32Array) {
    this.#order = order
  }

  get order(): Int32Array {
    return this.#order
  }

  add(ids: Int32Array, sorted: boolean): string {
    // A studio that is restarted must not take an old name for a new view.
    const viewId = `${process.pid.toString(36)}-${Date.now().toString(36)}-${this.#next++}`
    this.#views.set(viewId, { ids, sorted, homes: new Map() })
    if (this.#views.size > keptViews) this.#views.delete(this.#views.keys().next().value!)
    return viewId
  }

  /** @throws StudioError `not-found` */
  ids(viewId: string | null): Int32Array {
    if (viewId === null) return this.#order
    const view = this.#views.get(viewId)
    if (view === undefined)
      throw new StudioError('not-found', 'This selection of rows is no longer kept.', 'It is made anew.')
    // Used last, forgotten last.
    this.#views.delete(viewId)
    this.#views.set(viewId, view)
    return view.ids
  }

  /** Follows a change: rows keep their places, removed ones go, new ones stand where they stand in the dataset. */
  follow(told: Told, order: Int32Array): void {
    this.#order = order
    const { added, removed, moved } = told
    if (added === null || removed === null || moved === null) {
      this.#views.clear()
      return
    }
    if (added.length + removed.length + moved.length === 0 || this.#views.size === 0) return
    const rank = ranksOf(order)
    for (const view of this.#views.values()) {
      takeOut(view, removed, true)
      const shown = placesOf(view.ids, moved).map((place) => view.ids[place]!)
      takeOut(view, shown, false)
      putIn(view, [...added, ...shown], order, rank)
    }
  }
}

/** Place in the order of every id; −1 for ids that are not there. */
function ranksOf(order: Int32Array): Int32Array {
  let largest = 0
  for (const id of order) if (id > largest) largest = id
  const rank = new Int32Array(largest + 1).fill(-1)
  for (let i = 0; i < order.length; i++) rank[order[i]!] = i
  return rank
}

function takeOut(view: SheetView, gone: readonly number[], remember: boolean): void {
  if (gone.length === 0) return
  if (remember) for (const id of gone) view.homes.set(id, -1)
  const places = placesOf(view.ids, gone)
  if (places.length === 0) return
  const kept = new Int32Array(view.ids.length - places.length)
  let from = 0
  for (const [i, place] of places.entries()) {
    if (remember) view.homes.set(view.ids[place]!, place)
    kept.set(view.ids.subarray(from, place), from - i)
    from = place + 1
  }
  kept.set(view.ids.subarray(from), from - places.length)
  view.ids = kept
}

/** Where some ids stand, in order; those that are not there are left out. */
function placesOf(ids: Int32Array, wanted: readonly number[]): number[] {
  if (wanted.length <= 8)
    return wanted
      .map((id) => ids.indexOf(id))
      .filter((place) => place >= 0)
      .sort((a, b) => a - b)
  const set = new Set(wanted)
  const places: number[] = []
  for (let i = 0; i < ids.length; i++) if (set.has(ids[i]!)) places.push(i)
  return places
}

/** Rows that were there before go home; new ones follow the row before them in the dataset. */
function putIn(view: SheetView, ids: readonly number[], order: Int32Array, rank: Int32Array): void {
  if (ids.length === 0) return
  const known = ids.map((id): Placed => [view.homes.get(id) ?? Number.NaN, id])
  const homes = known.filter(([home]) => home >= 0)
  const fresh = known
    .filter(([home]) => Number.isNaN(home))
    .map(([, id]) => id)
    .sort((a, b) => rank[a]! - rank[b]!)
  for (const id of ids) view.homes.delete(id)
  homes.sort(([a], [b]) => a - b)
  // A home counts the rows before it that come home with it.
  view.ids = merged(
    view.ids,
    homes.map(([home, id], i): Placed => [home - i, id]),
  )
  const placeOf = view.sorted ? placeBelow(view.ids, order, rank, fresh.length) : placeByRank(view.ids, rank)
  view.ids = merged(
    view.ids,
    fresh.map((id): Placed => [placeOf(id), id]),
  )
}

/** How many of the old rows stand before a new one, and its id. */
type Placed = readonly [before: number, id: number]

function merged(old: Int32Array, placed: readonly Placed[]): Int32Array {
  const list = new Int32Array(old.length + placed.length)
  let from = 0
  for (const [i, [before, id]] of [...placed].sort(([a], [b]) => a - b).entries()) {
    const to = Math.min(Math.max(before, from), old.length)
    list.set(old.subarray(from, to), from + i)
    list[to + i] = id
    from = to
  }
  list.set(old.subarray(from), from + placed.length)
  return list
}

/** In the dataset's order: found by halving. */
function placeByRank(ids: Int32Array, rank: Int32Array): (id: number) => number {
  return (id) => {
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (rank[ids[middle]!]! < rank[id]!) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** In another order: below the row above it in the dataset (which may be new itself), or at the end. */
function placeBelow(
  ids: Int32Array,
  order: Int32Array,
  rank: Int32Array,
  count: number,
): (id: number) => number {
  const find = placeFinder(ids, count)
  /** Of new rows, which are asked for in the dataset's order. */
  const placed = new Map<number, number>()
  return (id) => {
    const above = order[rank[id]! - 1]
    const at = above === undefined ? -1 : find(above)
    const place = (above === undefined ? undefined : placed.get(above)) ?? (at < 0 ? ids.length : at + 1)
    placed.set(id, place)
    return place
  }
}

/** Finds places of `count` ids: one by one, or by a table. */
function placeFinder(ids: Int32Array, count: number): (id: number) => number {
  if (count <= 8) return (id) => ids.indexOf(id)
  const places = ranksOf(ids)
  return (id) => places[id] ?? -1
}
