/** Random numbers for initial values, dropout and sampling: named streams of the engine's generator. */
import { createRandom as createGenerator } from '../data/random.ts'

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

/** Generator for `seed`; the same seed and stream name give the same numbers on every machine. */
export function createRandom(seed: number, stream = ''): Random {
  const generator = createGenerator(seed, ...Array.from(stream, (c) => c.codePointAt(0)!))
  let spare: number | undefined
  return {
    uniform: generator.float,
    integer: (n) => generator.below(n),
    fillMask(data, rate) {
      const limit = rate * 2 ** 32
      const kept = 1 / (1 - rate)
      for (let i = 0; i < data.length; i++) data[i] = generator.uint32() < limit ? 0 : kept
    },
    normal() {
      if (spare !== undefined) {
        const x = spare
        spare = undefined
        return x
      }
      const radius = Math.sqrt(-2 * Math.log(1 - generator.float()))
      const angle = 2 * Math.PI * generator.float()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
  }
}
