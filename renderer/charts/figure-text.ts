/** Figures and tick labels as text, by the format that the host declares for each. */
import type { FigureFormat } from '../../electron/contract/compare-table.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatRate,
  formatShare,
} from '../format/numbers.ts'
import { formatInstant } from '../format/time.ts'

export type { FigureFormat }

const texts: Record<FigureFormat, (value: number) => string> = {
  loss: formatLoss,
  count: formatCount,
  bytes: formatBytes,
  seconds: formatDuration,
  rate: formatRate,
  perSecond: (value) => `${formatCount(value)}/s`,
  share: formatShare,
  instant: formatInstant,
}

const missing = '–'

/** A figure to read; a dash for one that is not known. */
export function figureText(value: number | null | undefined, format: FigureFormat): string {
  if (value === null || value === undefined) return missing
  return Number.isFinite(value) ? texts[format](value) : formatLoss(value)
}

/** A place on an x-axis: between two steps there is nothing. */
export function placeText(value: number, format: FigureFormat): string {
  return figureText(format === 'count' ? Math.round(value) : value, format)
}

/** Every digit, for titles and copies. */
export function exactText(value: number | null | undefined): string {
  return value === null || value === undefined ? missing : String(value)
}

/** Labels of the ticks of one axis: short, and with as many digits as tell neighbours apart. */
export function tickLabels(ticks: readonly number[], format: FigureFormat): string[] {
  const step = commonStep(ticks)
  if (format === 'seconds') return ticks.map(formatClock)
  if (format === 'share') return ticks.map(formatShare)
  if (format === 'bytes') return ticks.map(formatBytes)
  if (format === 'count') return ticks.map((tick) => formatCount(tick))
  return ticks.map((tick) => plain(tick, step))
}

/** Distance of evenly spaced ticks; 0 for those of a logarithm. */
function commonStep([first = 0, second = first, third]: readonly number[]): number {
  const step = Math.abs(second - first)
  const even = third === undefined || Math.abs(Math.abs(third - second) - step) < step * 1e-6
  return even ? step : 0
}

function plain(tick: number, step: number): string {
  const size = Math.abs(tick)
  if (size === 0) return '0'
  if (size < 1e-3) return tick.toExponential().replace('-', '−').replace('e−', 'e-')
  if (size >= 10_000) return formatCount(tick)
  if (step === 0) return String(Number(tick.toPrecision(3)))
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))
  return tick.toFixed(Math.min(8, digits)).replace('-', '−')
}

/** `0:30`, `12:05`, `3:20:00`: ticks of time line up better than words. */
function formatClock(seconds: number): string {
  if (seconds === 0) return '0'
  if (Math.abs(seconds) < 10 && !Number.isInteger(seconds)) return `${Number(seconds.toPrecision(3))} s`
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)]
  if (hours === 0) return `${minutes}:${two(whole % 60)}`
  return `${hours}:${two(minutes)}:${two(whole % 60)}`
}
