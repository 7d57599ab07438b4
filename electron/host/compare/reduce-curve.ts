/**
 * Curves reduced to what a chart can show: the least and the greatest value of every bucket, at their own places.
 *
 * Buckets are as wide as a power of two and begin at multiples of their width. A growing curve or a moved view leaves
 * their edges where they are, and a doubled width joins two and two: nothing shimmers.
 */
export interface Buckets {
  /** Width in x, or in octaves of x on a logarithmic axis; a power of two. */
  readonly width: number
  readonly logarithmic: boolean
}

export interface Part {
  readonly from: number
  readonly to: number
}

export interface ReducedCurve {
  /** Whether a bucket held more values than were kept. */
  readonly reduced: boolean
  /** Places in the columns of the kept values, ascending; a bucket without any number keeps its first place. */
  readonly kept: Int32Array
  /** The last place of every bucket. */
  readonly ends: Int32Array
  /** The first place of every bucket that holds values that are no numbers. */
  readonly notNumbers: Int32Array
}

/** About `count` buckets over a part of an axis. */
export function bucketsFor({ from, to }: Part, count: number, logarithmic: boolean): Buckets {
  const extent = logarithmic ? Math.log2(to / from) : to - from
  if (!(extent > 0) || !Number.isFinite(extent)) return { width: 1, logarithmic }
  // A bucket must be wider than the distance between neighbouring doubles, or its edges are not where they should be.
  const finest = logarithmic ? 2 ** -20 : powerAbove(Math.max(Math.abs(from), Math.abs(to))) * 2 ** -44
  return { width: Math.max(finest, powerAbove(extent / count)), logarithmic }
}

/** The power of two that is not below a positive number. */
function powerAbove(value: number): number {
  return 2 ** Math.ceil(Math.log2(value))
}

/** Where the bucket begins that holds `x`. */
export function bucketStart(buckets: Buckets, x: number): number {
  return edge(buckets, bucketIndex(buckets, x))
}

/** Where the bucket ends that holds `x`: the beginning of the next. */
function bucketEnd(buckets: Buckets, x: number): number {
  return edge(buckets, bucketIndex(buckets, x) + 1)
}

function bucketIndex(buckets: Buckets, x: number): number {
  const { width, logarithmic } = buckets
  if (!logarithmic) return Math.floor(x / width)
  const index = Math.floor(Math.log2(x) / width)
  // Logarithm and power round: the edges themselves decide.
  if (edge(buckets, index) > x) return index - 1
  return edge(buckets, index + 1) <= x ? index + 1 : index
}

function edge({ width, logarithmic }: Buckets, index: number): number {
  return logarithmic ? 2 ** (index * width) : index * width
}

/**
 * @param xs ascending
 * @param part what is seen; whole buckets and one value more at each side are kept, so that lines leave the picture
 */
export function reduceCurve(
  xs: Float64Array,
  ys: Float64Array,
  buckets: Buckets,
  part: Part | null,
): ReducedCurve {
  const [first, end] = placesOf(xs, buckets, part)
  const kept = new Int32Array(2 * (end - first))
  const ends = new Int32Array(end - first)
  const notNumbers = new Int32Array(end - first)
  let [keptCount, bucketCount, notNumberCount, reduced] = [0, 0, 0, false]
  for (let start = first; start < end; ) {
    const limit = edgeBehind(buckets, xs[start]!)
    let [least, greatest, numbers, lastNumber, lost] = [-1, -1, 0, -1, -1]
    let i = start
    // The first value is always taken, whatever rounding makes of the edge.
    for (; i < end && (i === start || xs[i]! < limit); i++) {
      const y = ys[i]!
      if (!Number.isFinite(y)) {
        if (lost === -1) lost = i
        continue
      }
      numbers += 1
      lastNumber = i
      if (least === -1 || y < ys[least]!) least = i
      if (greatest === -1 || y > ys[greatest]!) greatest = i
    }
    // Where all values are equal the line still reaches from the first to the last.
    if (least === greatest) greatest = lastNumber
    if (numbers === 0) kept[keptCount++] = start
    else {
      kept[keptCount++] = Math.min(least, greatest)
      if (least !== greatest) kept[keptCount++] = Math.max(least, greatest)
    }
    if (numbers > 2) reduced = true
    if (lost !== -1) notNumbers[notNumberCount++] = lost
    ends[bucketCount++] = i - 1
    start = i
  }
  return {
    reduced,
    kept: kept.slice(0, keptCount),
    ends: ends.slice(0, bucketCount),
    notNumbers: notNumbers.slice(0, notNumberCount),
  }
}

/** x ≤ 0 has no place on a logarithmic axis; all of it is one bucket. */
function edgeBehind(buckets: Buckets, x: number): number {
  return buckets.logarithmic && x <= 0 ? Number.MIN_VALUE : bucketEnd(buckets, x)
}

function placesOf(xs: Float64Array, buckets: Buckets, part: Part | null): [first: number, end: number] {
  if (part === null) return [0, xs.length]
  const from = buckets.logarithmic && part.from <= 0 ? part.from : bucketStart(buckets, part.from)
  const to = edgeBehind(buckets, part.to)
  return [Math.max(0, lowerBound(xs, from) - 1), Math.min(xs.length, lowerBound(xs, to) + 1)]
}

/** First place whose value is at least `value`. */
export function lowerBound(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
