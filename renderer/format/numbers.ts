/** Numbers as an engineer writes them; the full value belongs in a title or a copy. */

const prefixes = ['', 'k', 'M', 'G', 'T', 'P']

/** Three significant digits with a metric prefix: `9.2 M`, `512`. */
export function formatCount(value: number): string {
  return withPrefix(value, '').trim()
}

/** Bytes in powers of 1000: `1.21 GB`. */
export function formatBytes(bytes: number): string {
  return withPrefix(bytes, 'B')
}

/** `0.8 s`, `48 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 0.0995) return `${Number((seconds * 1000).toPrecision(2))} ms`
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return two(whole, 60, 'min', 1, 's')
  if (Math.round(whole / 60) < 1_440) return two(Math.round(whole / 60) * 60, 3_600, 'h', 60, 'min')
  return two(Math.round(whole / 3_600) * 3_600, 86_400, 'd', 3_600, 'h')
}

/** A loss or norm: four decimals while that says something, else an exponent. */
export function formatLoss(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  const text = size !== 0 && (size < 0.001 || size >= 10_000) ? value.toExponential(2) : value.toFixed(4)
  return text.replace('-', '−')
}

/** A difference with its sign: `−0.0312`, `+1.2`. */
export function formatDelta(value: number, format: (size: number) => string = formatLoss): string {
  if (value === 0) return '±0'
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`
}

/** Small rates in their shortest form: `2.7e-4`, `0.01`. */
export function formatRate(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded !== 0 && Math.abs(rounded) < 0.001 ? rounded.toExponential() : String(rounded)
}

/** A share of one: `12.3 %`, `0.094 %`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

/** Every digit of a whole number, in groups: `2 671 104`. */
export function formatExact(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', '\u202f')
}

function withPrefix(value: number, unit: string): string {
  let scaled = value
  let prefix = 0
  // 999.5 would be written as 1000 with three digits.
  while (Math.abs(scaled) >= 999.5 && prefix < prefixes.length - 1) {
    scaled /= 1_000
    prefix += 1
  }
  return `${Number(scaled.toPrecision(3))} ${prefixes[prefix]}${unit}`
}

function two(whole: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((whole % large) / small)
  const head = `${Math.floor(whole / large)} ${largeName}`
  return rest === 0 ? head : `${head} ${rest} ${smallName}`
}
