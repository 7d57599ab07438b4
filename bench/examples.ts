/** The texts of the benchmark as token ids: the same list in every run and for every contestant. */
import { createRandom } from '../engine/methods/random.ts'
import type { JobExample } from './job.ts'

/** Rows of equal length in which every token is learned. */
export function fullRows(count: number, length: number, vocabulary: number): JobExample[] {
  return Array.from({ length: count }, (_, row) => {
    const ids = Array.from({ length }, (_, i) => (i * 37 + row * 11) % vocabulary)
    return { ids, labels: ids }
  })
}

/**
 * Instruction data: log-normal lengths cut to [shortest, longest] around `typical`, of which the prompt (not learned)
 * takes 60 % on average, between 20 % and 90 %.
 */
export function instructions(
  count: number,
  { shortest, typical, longest }: { shortest: number; typical: number; longest: number },
  vocabulary: number,
): JobExample[] {
  const random = createRandom(20, 'bench instructions')
  const within = (low: number, x: number, high: number) => Math.min(high, Math.max(low, x))
  return Array.from({ length: count }, () => {
    const length = Math.round(within(shortest, typical * Math.exp(0.8 * random.normal()), longest))
    const prompt = Math.round(length * within(0.2, 0.6 + 0.15 * random.normal(), 0.9))
    const ids = Array.from({ length }, () => random.integer(vocabulary))
    return { ids, labels: ids.map((id, i) => (i < prompt ? -100 : id)) }
  })
}
