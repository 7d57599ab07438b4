/** The one seeded random source of all generators: the same seed gives the same text on every machine. */

/** A small 32-bit generator (mulberry32 mixing), with the few draws that text generation needs. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p
  }

  /** One entry of a list; an empty list is a programming error. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Random.pick was given an empty list')
    return list[Math.floor(this.next() * list.length)]!
  }

  /** One entry of `[weight, entry]` pairs, in proportion to the weights. */
  weighted<T>(pairs: readonly (readonly [number, T])[]): T {
    let left = this.next() * pairs.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, entry] of pairs) {
      left -= weight
      if (left < 0) return entry
    }
    return pairs[pairs.length - 1]![1]
  }

  /** `count` different entries of a list, in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    if (count > list.length) throw new RangeError(`Random.sample: ${count} of ${list.length}`)
    return this.shuffle(list).slice(0, count)
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.between(0, i)
      ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
    }
    return copy
  }

  /** An independent generator, so that one document never shifts the next. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32))
  }
}
