/** A small seedable generator for initial values (xoshiro128**, Blackman and Vigna 2018), streams split by name. */

export interface Random {
  /** In [0, 1), 32 bits. */
  uniform(): number
  /** Standard normal (Box–Muller). */
  normal(): number
  /** Integer in [0, n). */
  integer(n: number): number
  /** Dropout factors: 0 with probability `rate`, else 1 / (1 − rate). */
  fillMask(data: Float32Array, rate: number): void
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k))

/** Generator for `seed`; the same seed and stream name give the same numbers on every machine. */
export function createRandom(seed: number, stream = ''): Random {
  const s = new Int32Array(4)
  let h = seed | 0
  const next = () => {
    h = (h + 0x9e3779b9) | 0
    let z = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return z ^ (z >>> 16)
  }
  for (let i = 0; i < stream.length; i++) h = Math.imul(next() ^ stream.charCodeAt(i), 0x01000193)
  for (let i = 0; i < 4; i++) s[i] = next() | (i === 0 ? 1 : 0)

  const bits = (): number => {
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9)
    const t = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= t
    s[3] = rotate(s[3]!, 11)
    return result >>> 0
  }
  const uniform = () => bits() / 2 ** 32
  let spare: number | undefined
  return {
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    fillMask(data, rate) {
      const limit = rate * 2 ** 32
      const kept = 1 / (1 - rate)
      for (let i = 0; i < data.length; i++) data[i] = bits() < limit ? 0 : kept
    },
    normal() {
      if (spare !== undefined) {
        const x = spare
        spare = undefined
        return x
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
  }
}
