/**
 * A small seedable generator for everything that must come out the same on every machine: xoshiro128** (Blackman and
 * Vigna, 2018, https://prng.di.unimi.it) whose state is filled by SplitMix32. 32-bit integer arithmetic only.
 */

export interface Random {
  /** Uniform in [0, 2³²). */
  uint32(): number
  /** Uniform in [0, 1), 32 bits of it. */
  float(): number
  /** Uniform whole number in [0, bound), without bias; bound from 1 to 2³². */
  below(bound: number): number
}

/**
 * @param seed   any whole number
 * @param stream further numbers (epoch, step …): another stream of the same seed
 */
export function createRandom(seed: number, ...stream: readonly number[]): Random {
  let mix = 0
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  // High and low half both count, so that seeds beyond 2³² differ.
  for (const part of [seed, ...stream]) {
    mix = (split() ^ part) | 0
    mix = (split() ^ Math.floor(part / 2 ** 32)) | 0
  }
  let [a, b, c, d] = [split(), split(), split(), split()]
  if ((a | b | c | d) === 0) a = 1

  const uint32 = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return result
  }
  return {
    uint32,
    float: () => uint32() / 2 ** 32,
    below(bound) {
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let value = uint32()
      while (value >= limit) value = uint32()
      return value % bound
    },
  }
}

/** The numbers 0 … count - 1 in random order (Fisher–Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
