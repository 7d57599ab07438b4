/** Numbers and times as an engineer writes them. */

const largePrefixes = ['', 'k', 'M', 'G', 'T', 'P']

/** Three significant digits with a metric prefix: `9.2 M`, `512`, `1.21 G`. */
export function formatCount(value: number): string {
  return withPrefix(value, '').trim()
}

/** Bytes in powers of 1000: `1.21 GB`, `0 B`. */
export function formatBytes(bytes: number): string {
  return withPrefix(bytes, 'B')
}

/** `0.8 s`, `48 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return twoUnits(whole, 60, 'min', 1, 's')
  if (Math.round(whole / 60) < 1_440) return twoUnits(Math.round(whole / 60) * 60, 3_600, 'h', 60, 'min')
  return twoUnits(Math.round(whole / 3_600) * 3_600, 86_400, 'd', 3_600, 'h')
}

/** A loss or norm: four decimals while that says something, else an exponent. `NaN` and `∞` as they are. */
export function formatLoss(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const size = Math.abs(value)
  return size !== 0 && (size < 0.001 || size >= 10_000) ? value.toExponential(2) : value.toFixed(4)
}

/** Small rates, shortest form: `2.7e-4`, `0.01`. */
export function formatRate(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded !== 0 && Math.abs(rounded) < 0.001 ? rounded.toExponential() : String(rounded)
}

/** A share of one: `12.3 %`, `0.094 %`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

/** Local date and time to the minute: `2026-08-23 14:15`. */
export function formatTime(milliseconds: number): string {
  const time = new Date(milliseconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`
}

function withPrefix(value: number, unit: string): string {
  let scaled = value
  let prefix = 0
  // 999.5 would be written as 1000 with three digits.
  while (Math.abs(scaled) >= 999.5 && prefix < largePrefixes.length - 1) {
    scaled /= 1_000
    prefix += 1
  }
  return `${Number(scaled.toPrecision(3))} ${largePrefixes[prefix]}${unit}`
}

function twoUnits(whole: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((whole % large) / small)
  const head = `${Math.floor(whole / large)} ${largeName}`
  return rest === 0 ? head : `${head} ${rest} ${smallName}`
}
