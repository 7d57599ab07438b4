/** Choosing the next token from logits: greedy, or by temperature and nucleus (Holtzman et al. 2020). */
import type { Random } from '../methods/random.ts'

export interface Sampling {
  /** 0 = always the likeliest token. */
  readonly temperature: number
  /** Smallest set of likeliest tokens whose probability reaches this is kept; 1 = all. */
  readonly topP: number
}

/** Index of the greatest value; the first of several. */
export function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

export function sample(logits: Float32Array, { temperature, topP }: Sampling, random: Random): number {
  if (temperature === 0) return argmax(logits)
  const top = logits[argmax(logits)]!
  const weights = Float64Array.from(logits, (x) => Math.exp((x - top) / temperature))
  const total = weights.reduce((a, b) => a + b, 0)
  const order = topP < 1 ? nucleus(weights, topP * total) : Array.from(weights.keys())
  const kept = order.reduce((sum, i) => sum + weights[i]!, 0)
  let rest = random.uniform() * kept
  for (const i of order) {
    rest -= weights[i]!
    if (rest < 0) return i
  }
  return order.at(-1)!
}

/** Likeliest indices until their weight reaches `enough`. */
function nucleus(weights: Float64Array, enough: number): number[] {
  const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]!)
  let sum = 0
  const end = order.findIndex((i) => {
    sum += weights[i]!
    return sum >= enough
  })
  return order.slice(0, end < 0 ? order.length : end + 1)
}
