/** What differs between two texts, word by word; unchanged stretches can be shortened. */
import { diffWordsWithSpace } from 'diff'

export interface DiffPart {
  readonly text: string
  readonly kind: 'same' | 'added' | 'removed'
}

/** Beyond so many characters a comparison by words takes too long to follow a scroll. */
const mostCharacters = 40_000

export function wordDiff(before: string, after: string): readonly DiffPart[] {
  if (before === after) return [{ text: before, kind: 'same' }]
  if (before.length + after.length > mostCharacters) return wholes(before, after)
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }))
}

function wholes(before: string, after: string): readonly DiffPart[] {
  const parts: readonly DiffPart[] = [
    { text: before, kind: 'removed' },
    { text: after, kind: 'added' },
  ]
  return parts.filter((part) => part.text !== '')
}

/** The same with unchanged stretches cut to their ends. @param context characters kept on either side of a change */
export function shortened(parts: readonly DiffPart[], context = 60): readonly DiffPart[] {
  return parts.map((part, i) => {
    if (part.kind !== 'same' || part.text.length <= 2 * context + 10) return part
    const head = i === 0 ? '' : part.text.slice(0, context)
    const tail = i === parts.length - 1 ? '' : part.text.slice(-context)
    return { kind: 'same', text: `${head} … ${tail}` }
  })
}
