/** Points in time: relative to read, exact to check. */
import { formatDuration } from './numbers.ts'

const justNowSeconds = 10

/** `just now`, `3 min ago`, `2 d ago`. @param now milliseconds since 1970 */
export function formatAgo(instant: number, now: number): string {
  const seconds = Math.max(0, (now - instant) / 1000)
  if (seconds < justNowSeconds) return 'just now'
  const [amount, unit] = formatDuration(seconds).split(' ')
  return `${amount} ${unit} ago`
}

/** Local date and time to the second: `2026-08-23 14:15:03`. */
export function formatInstant(instant: number): string {
  const time = new Date(instant)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}
