/** What the readers give: rows with the line they began on, and lines that are no rows. */

export interface Row {
  /** Line of the file (from 1) where the row begins. */
  readonly line: number
  readonly value: Readonly<Record<string, unknown>>
}

export interface BadRow {
  readonly line: number
  /** Why it cannot be used, for people. */
  readonly reason: string
  /** The beginning of what stands there, where it is text. */
  readonly text?: string
}

const shownCharacters = 200

/** A bad row that shows how it begins. */
export function badRow(line: number, reason: string, text: string): BadRow {
  return { line, reason, text: text.slice(0, shownCharacters) }
}

export type ReadItem = Row | BadRow

export function isBad(item: ReadItem): item is BadRow {
  return 'reason' in item
}

/** An object as a row, or the reason why it is none. */
export function rowOf(line: number, value: unknown, text?: string): ReadItem {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { line, value: value as Record<string, unknown> }
  }
  const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
  const reason = `expected an object with named fields, found ${kind}`
  return text === undefined ? { line, reason } : badRow(line, reason, text)
}
