/** Lengths as a histogram with quantiles, and what a context length would cut. */
import type { Histogram } from '../../../contract/datasets/checks.ts'

/** Row lengths with their split (0 train, 1 validation). */
export interface Lengths {
  readonly tokens: Int32Array
  readonly learned: Int32Array
  readonly splits: Uint8Array
}

type Figures = Omit<Histogram, 'state' | 'counted' | 'rows' | 'unfitRows' | 'jobId'>

/**
 * @param length the context length
 * @param bins   about how many bins
 * @param scale  rows that each of the given stands for
 */
export function histogramOf(
  { tokens, learned, splits }: Lengths,
  length: number,
  bins: number,
  scale: number,
): Figures {
  const sorted = tokens.slice().sort()
  const max = sorted.at(-1) ?? 0
  const width = binWidth(max, bins)
  const counts = Array.from({ length: Math.floor(max / width) + 1 }, (_, i) => ({
    from: i * width,
    to: (i + 1) * width,
    train: 0,
    validation: 0,
  }))
  let all = 0
  let learnedTokens = 0
  let truncatedRows = 0
  let truncatedTokens = 0
  for (let i = 0; i < tokens.length; i++) {
    const count = tokens[i]!
    counts[Math.floor(count / width)]![splits[i] === 0 ? 'train' : 'validation'] += 1
    all += count
    learnedTokens += learned[i]!
    if (count <= length) continue
    truncatedRows += 1
    truncatedTokens += count - length
  }
  const scaled = (count: number) => Math.round(count * scale)
  const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return {
    bins: counts.map((bin) => ({ ...bin, train: scaled(bin.train), validation: scaled(bin.validation) })),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max,
    tokens: scaled(all),
    learnedTokens: scaled(learnedTokens),
    truncatedRows: scaled(truncatedRows),
    truncatedTokens: scaled(truncatedTokens),
  }
}

/** 1, 2 or 5 times a power of ten, so that edges are round numbers. */
function binWidth(max: number, bins: number): number {
  const least = Math.max(1, max / bins)
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= least)!
}
