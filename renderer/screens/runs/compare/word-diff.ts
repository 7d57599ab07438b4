/** Which words of a text are its own and which another text has too. */
import { diffWordsWithSpace } from 'diff'

export interface Piece {
  readonly text: string
  /** `added` stands only in the text, `removed` only in the one it is held against. */
  readonly kind: 'same' | 'added' | 'removed'
}

/** Longer texts are shown as they are: comparing them would hold up the window. */
const longest = 8_000

/** Texts that share less than this are two texts, not a text with changes: marks would only be in the way. */
const kinship = 0.4

export function wordDiff(base: string, text: string): Piece[] {
  const whole: Piece[] = [{ text, kind: 'same' }]
  if (base === text || base.length + text.length > longest) return whole
  const pieces = diffWordsWithSpace(base, text).map(({ value, added, removed }): Piece => {
    return { text: value, kind: added ? 'added' : removed ? 'removed' : 'same' }
  })
  const shared = pieces.reduce(
    (sum, { kind, text: own }) => sum + (kind === 'same' ? own.trim().length : 0),
    0,
  )
  return shared < kinship * Math.max(base.length, text.length) ? whole : pieces
}
