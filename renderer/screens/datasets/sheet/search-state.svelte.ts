/** Search and replace: what is looked for, how often it is there, and marks in the cells that are seen. */
import type { Search } from '../../../../electron/contract/datasets/view.ts'

export class SearchState {
  open = $state(false)
  replacing = $state(false)
  text = $state('')
  replacement = $state('')
  matchCase = $state(false)
  wholeWord = $state(false)
  regex = $state(false)
  /** Null: all columns. */
  column = $state<string | null>(null)

  /** What the host is asked; undefined while nothing is looked for. */
  readonly query: Search | undefined = $derived(
    this.open && this.text !== ''
      ? {
          text: this.text,
          matchCase: this.matchCase,
          wholeWord: this.wholeWord,
          regex: this.regex,
          columns: this.column === null ? null : [this.column],
        }
      : undefined,
  )

  /** Finds the same in a shown text, for marks; the host's search is what counts. */
  readonly pattern: RegExp | undefined = $derived(this.query && patternOf(this.query))

  marks(column: string): RegExp | undefined {
    return this.column === null || this.column === column ? this.pattern : undefined
  }
}

function patternOf({ text, matchCase, wholeWord, regex }: Search): RegExp | undefined {
  const source = regex ? text : text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const bounded = wholeWord ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  try {
    return new RegExp(bounded, matchCase ? 'gu' : 'giu')
  } catch {
    // Half a pattern while it is being typed; the host says what is wrong with it.
    return undefined
  }
}

export interface Piece {
  readonly text: string
  readonly found: boolean
}

/** A text cut into what a pattern finds and what stands between. */
export function piecesOf(text: string, pattern: RegExp): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '') continue
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), found: false })
    pieces.push({ text: match[0], found: true })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), found: false })
  return pieces
}
