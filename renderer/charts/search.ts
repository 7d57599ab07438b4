/** Places in ascending columns. */

/** First index whose value is at least `value`; the length when there is none. */
export function lowerBound(column: ArrayLike<number>, value: number): number {
  let [low, high] = [0, column.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (column[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the value nearest to `value`; −1 for an empty column. */
export function nearestIndex(column: ArrayLike<number>, value: number): number {
  const after = lowerBound(column, value)
  if (after === 0) return column.length === 0 ? -1 : 0
  if (after === column.length) return after - 1
  return value - column[after - 1]! <= column[after]! - value ? after - 1 : after
}

/** Indices `[first, end)` that cover a range, with one more point at each side so that lines leave the plot. */
export function covering(column: ArrayLike<number>, from: number, to: number): [first: number, end: number] {
  const first = Math.max(0, lowerBound(column, from) - 1)
  let end = lowerBound(column, to)
  while (end < column.length && column[end]! <= to) end += 1
  return [first, Math.min(column.length, end + 1)]
}
