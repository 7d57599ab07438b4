/** How far a figure is from the baseline's, and whether that is good. */
import type { Figure, SeedNoise } from '../../../../electron/contract/compare-table.ts'
import { figureText } from '../../../charts/figure-text.ts'

export interface Delta {
  readonly difference: number
  /** `▲` greater, `▼` smaller. */
  readonly arrow: '▲' | '▼'
  readonly tone: 'good' | 'bad' | 'neutral'
  readonly text: string
  /** Seeds alone could make such a difference. */
  readonly withinNoise: boolean
}

/** Differences smaller than this share say nothing. */
const negligible = 1e-12

export function deltaOf(
  figure: Pick<Figure, 'format' | 'better'>,
  value: number | null | undefined,
  base: number | null | undefined,
  noise: (difference: number) => boolean = () => false,
): Delta | undefined {
  if (value === null || value === undefined || base === null || base === undefined) return undefined
  const difference = value - base
  if (!Number.isFinite(difference) || Math.abs(difference) <= Math.abs(base) * negligible) return undefined
  const withinNoise = noise(difference)
  const good = figure.better !== null && difference > 0 === (figure.better === 'higher')
  const judged = figure.better === null || withinNoise ? 'neutral' : good ? 'good' : 'bad'
  return {
    difference,
    arrow: difference > 0 ? '▲' : '▼',
    tone: judged,
    text: deltaText(figure, difference, base),
    withinNoise,
  }
}

/** Losses by their size, everything else as a share of the baseline. */
function deltaText({ format }: Pick<Figure, 'format'>, difference: number, base: number): string {
  const size = Math.abs(difference)
  if (format === 'loss' || base === 0) return figureText(size, format)
  const ratio = Math.abs(difference / base) + (difference > 0 ? 1 : 0)
  if (difference > 0 && ratio >= 10) return `${Number(ratio.toPrecision(3))}×`
  return `${Number(((size / Math.abs(base)) * 100).toPrecision(2))} %`
}

/** Whether a difference between two single runs is within what seeds alone make. */
export function isNoise(noise: readonly SeedNoise[], figure: string, difference: number): boolean {
  const single = noise.find((one) => one.figure === figure)?.single
  return single !== undefined && single !== null && Math.abs(difference) < single
}
