/** Multi-head attention with grouped key/value heads, a mask made once per step, prefixes and a key/value cache. */
import { constant, inPart, scalar, type Value } from '../graph/value.ts'
import { add, scale, sub } from '../ops/arithmetic.ts'
import { and, equal, less, lessOrEqual, where } from '../ops/compare.ts'
import { scatterNd } from '../ops/gather.ts'
import { concat, expand, filled, reshape, slice, split, transpose } from '../ops/layout.ts'
import { matmul } from '../ops/matmul.ts'
import { softmax } from '../ops/normalization.ts'
import type { Prefix } from './sites.ts'

/** The most negative float32: what Hugging Face adds to scores that must not be seen. */
const HIDDEN = -3.4028234663852886e38

/** Where the key/value cache of a layer lives and what it holds after this run. */
export interface LayerCache {
  /** [capacity, heads·head size] */
  readonly keys: Value
  readonly values: Value
  /** Slots of the new tokens, int64 [new, 1]. */
  readonly slots: Value
  readonly store: (keys: Value, values: Value) => void
}

export interface AttentionShape {
  readonly rows: number
  readonly length: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  readonly scaling: number
}

/** [tokens, heads·size] → [rows, heads, length, size] */
export function splitHeads(x: Value, rows: number, length: number, heads: number, size: number): Value {
  return transpose(reshape(x, [rows, length, heads, size]), [0, 2, 1, 3])
}

/** Queries are taken so many at a time, so that keys behind all of them are never looked at. */
const QUERY_BLOCK = 128

/**
 * softmax(q·kᵀ·scaling + mask)·v
 * @param q [rows, heads, length, size]
 * @param k, v [rows, key/value heads, keys, size]; head h uses key/value head ⌊h / (heads / key/value heads)⌋
 * @param mask [rows, 1, length, keys], added to the scores
 * @param causal whether the last `length` keys belong to the queries in order, so that later ones are hidden from earlier ones
 * @returns [rows·length, heads·size]
 */
export function attend(
  shape: AttentionShape,
  q: Value,
  k: Value,
  v: Value,
  mask: Value,
  causal: boolean,
): Value {
  const { rows, length, heads, headSize } = shape
  const keys = k.shape[2]!
  const blocks = causal ? Math.ceil(length / QUERY_BLOCK) : 1
  if (blocks === 1)
    return byToken(
      shape,
      inPart('attend', () => attendBlock(shape, q, k, v, mask)),
    )
  const sizes = Array.from({ length: blocks }, (_, i) => Math.min(QUERY_BLOCK, length - i * QUERY_BLOCK))
  const pieces = split(flat(q), 1, scaled(sizes, headSize))
  const parts = pieces.map((piece, i) => {
    const from = i * QUERY_BLOCK
    const to = from + sizes[i]!
    const seen = keys - length + to
    const part = reshape(piece, [rows, heads, sizes[i]!, headSize])
    const visible = slice(slice(mask, 2, from, to), 3, 0, seen)
    const [keysSeen, valuesSeen] = [firstPlaces(k, seen), firstPlaces(v, seen)]
    return flat(inPart(`${i}/attend`, () => attendBlock(shape, part, keysSeen, valuesSeen, visible)))
  })
  return byToken(shape, reshape(concat(parts, 1), [rows, heads, length, headSize]))
}

/** [rows, heads, places, size] as [rows·heads, places·size]: cutting it along places copies long runs of memory. */
function flat(x: Value): Value {
  const [rows, heads, places, size] = x.shape as [number, number, number, number]
  return reshape(x, [rows * heads, places * size])
}

const scaled = (sizes: readonly number[], by: number): number[] => sizes.map((n) => n * by)

/** The first n places of [rows, heads, places, size]. */
function firstPlaces(x: Value, n: number): Value {
  const [rows, heads, places, size] = x.shape as [number, number, number, number]
  return n === places ? x : reshape(slice(flat(x), 1, 0, n * size), [rows, heads, n, size])
}

/** Attention of some queries: [rows, heads, queries, size]. */
function attendBlock(shape: AttentionShape, q: Value, k: Value, v: Value, mask: Value): Value {
  const { rows, heads, keyValueHeads, headSize, scaling } = shape
  const [queries, keys] = [q.shape[2]!, k.shape[2]!]
  const group = heads / keyValueHeads
  // The queries of a group share their keys, so they are stacked: no repeated keys and values.
  const stacked = reshape(q, [rows, keyValueHeads, group * queries, headSize])
  const scores = matmul(scale(stacked, scaling), transpose(k, [0, 1, 3, 2]))
  const weights = softmax(add(reshape(scores, [rows, heads, queries, keys]), mask))
  const mixed = matmul(reshape(weights, [rows, keyValueHeads, group * queries, keys]), v)
  return reshape(mixed, [rows, heads, queries, headSize])
}

function byToken({ rows, length, heads, headSize }: AttentionShape, x: Value): Value {
  return reshape(transpose(x, [0, 2, 1, 3]), [rows * length, heads * headSize])
}

/** Prefix keys or values before the layer's own: [heads, n, size] and [rows, heads, keys, size] → [rows, heads, n + keys, size]. */
export function withPrefix(own: Value, prefix: Value): Value {
  const [rows, heads, , size] = own.shape as [number, number, number, number]
  return concat(
    [expand(reshape(prefix, [1, heads, prefix.shape[1]!, size]), [rows, heads, prefix.shape[1]!, size]), own],
    2,
  )
}

/** Writes the new keys or values into the cache and returns all of them: [1, heads, capacity, size]. */
export function cached(cache: Value, slots: Value, fresh: Value): { all: Value; next: Value } {
  const [, heads, length, size] = fresh.shape as [number, number, number, number]
  const rows = reshape(transpose(fresh, [0, 2, 1, 3]), [length, heads * size])
  const next = scatterNd(cache, slots, rows)
  return { next, all: transpose(reshape(next, [1, cache.shape[0]!, heads, size]), [0, 2, 1, 3]) }
}

/**
 * Keys and values of a layer with prefix and cache applied.
 * @param k, v [rows, heads, length, size]
 */
export function extendKeys(k: Value, v: Value, prefix: Prefix | undefined, cache: LayerCache | undefined) {
  let [keys, values] = [k, v]
  if (cache !== undefined) {
    const nextKeys = cached(cache.keys, cache.slots, k)
    const nextValues = cached(cache.values, cache.slots, v)
    cache.store(nextKeys.next, nextValues.next)
    ;[keys, values] = [nextKeys.all, nextValues.all]
  }
  if (prefix !== undefined)
    return { keys: withPrefix(keys, prefix.keys), values: withPrefix(values, prefix.values) }
  return { keys, values }
}

const range = (n: number, shape: readonly number[]): Value =>
  constant({ dtype: 'int32', shape, data: Int32Array.from({ length: n }, (_, i) => i) })

/** A query sees keys of its own segment that are not later, and within the window where there is one. */
export function segmentMask(segments: Value, keySegments: Value, window: number | undefined): Value {
  const [rows, length] = segments.shape as [number, number]
  const [queryAt, keyAt] = [range(length, [length, 1]), range(length, [1, length])]
  let seen = lessOrEqual(keyAt, queryAt)
  if (window !== undefined && window < length) seen = and(seen, withinWindow(queryAt, keyAt, window))
  const same = equal(reshape(segments, [rows, 1, length, 1]), reshape(keySegments, [rows, 1, 1, length]))
  return visible(and(same, reshape(seen, [1, 1, length, length])))
}

/** New tokens at `slots` [new] see every filled slot up to their own. */
export function cacheMask(slots: Value, capacity: number, window: number | undefined): Value {
  const fresh = slots.shape[0]!
  const [queryAt, keyAt] = [reshape(slots, [fresh, 1]), range(capacity, [1, capacity])]
  let seen = lessOrEqual(keyAt, queryAt)
  if (window !== undefined && window < capacity) seen = and(seen, withinWindow(queryAt, keyAt, window))
  return visible(reshape(seen, [1, 1, fresh, capacity]))
}

/** A prefix of n keys is seen by everyone. */
export function prefixMask(mask: Value, n: number): Value {
  if (n === 0) return mask
  return concat([filled([...mask.shape.slice(0, 3), n], 0), mask], 3)
}

function withinWindow(queryAt: Value, keyAt: Value, window: number): Value {
  const distance = sub(queryAt, keyAt)
  return less(distance, constant({ dtype: 'int32', shape: [], data: Int32Array.of(window) }))
}

function visible(seen: Value): Value {
  return where(seen, scalar(0), scalar(HIDDEN))
}
