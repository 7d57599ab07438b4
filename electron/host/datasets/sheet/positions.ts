/**
 * Places of rows as texts that sort in the rows' order: between any two there is room for more, so a row is put
 * anywhere without touching the others, and undo brings back the very place.
 *
 * A position is a fraction in base 62 without its "0."; it never ends in the digit 0, so no two texts mean the same.
 */

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const base = 62n
/** Digits that count the rows of an import; room for 62⁵ of them. */
const countDigits = 5

/** The position of the row with this index when all are laid down at once. */
export function firstPosition(index: number): string {
  return `${digitsOf(BigInt(index), countDigits)}V`
}

/**
 * Positions for `count` rows between two others, evenly spaced.
 * @param before position of the row above; null: there is none
 * @param after  position of the row below; null: there is none
 */
export function positionsBetween(before: string | null, after: string | null, count: number): string[] {
  if (after === null) {
    const appended = positionsBehind(before, count)
    if (appended !== null) return appended
  }
  let width = Math.max(before?.length ?? 0, after?.length ?? 0, 1)
  const bounds = () => {
    const low = numberOf(before ?? '', width)
    const high = after === null ? base ** BigInt(width) : numberOf(after, width)
    return [low, high - low] as const
  }
  let [low, gap] = bounds()
  while (gap <= BigInt(count)) {
    width += 1
    ;[low, gap] = bounds()
  }
  return Array.from({ length: count }, (_, i) => {
    const place = low + (gap * BigInt(i + 1)) / BigInt(count + 1)
    return digitsOf(place, width).replace(/0+$/, '')
  })
}

/** Behind the last row the count goes on, so that adding row after row does not make positions longer. */
function positionsBehind(before: string | null, count: number): string[] | null {
  const last = before === null ? -1n : numberOf(before.slice(0, countDigits), countDigits)
  if (last + BigInt(count) >= base ** BigInt(countDigits)) return null
  return Array.from({ length: count }, (_, i) => `${digitsOf(last + BigInt(i + 1), countDigits)}V`)
}

function numberOf(text: string, width: number): bigint {
  let value = 0n
  for (let i = 0; i < width; i++)
    value = value * base + BigInt(i < text.length ? digits.indexOf(text[i]!) : 0)
  return value
}

function digitsOf(value: bigint, width: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < width; i++) {
    text = digits[Number(rest % base)]! + text
    rest /= base
  }
  return text
}
