/** Finding and replacing text in rows: in the texts of a cell, also those inside of lists and objects. */
import { messageOf, StudioError } from '../../../../engine/errors.ts'
import type { Search } from '../../../contract/datasets/view.ts'
import { type Fields, kindOf, textOf, valueIn } from '../sheet/cells.ts'

export interface Matcher {
  /** The first of the columns in which the search finds something; null: in none. */
  column(fields: Fields, columns: readonly string[]): string | null
  /** The value with all that was found replaced, and in how many places. Numbers are found but not replaced. */
  replace(value: unknown, replacement: string): { readonly value: unknown; readonly places: number }
}

/** @throws StudioError `bad-argument` for a pattern that is none */
export function matcherOf(search: Search): Matcher {
  const pattern = patternOf(search)
  const finds = (text: string) => {
    pattern.lastIndex = 0
    return pattern.test(text)
  }
  const found = (value: unknown): boolean => {
    if (typeof value === 'string') return finds(value)
    if (kindOf(value) !== 'json') return value !== undefined && value !== null && finds(textOf(value))
    return Object.values(value as object).some(found)
  }
  return {
    column(fields, columns) {
      const looked =
        search.columns === null ? columns : columns.filter((name) => search.columns!.includes(name))
      return looked.find((name) => found(valueIn(fields, name))) ?? null
    },
    replace(value, replacement) {
      let places = 0
      // A person's text means itself; only in a pattern do $1 and $& stand for something.
      const put = (text: string): string => {
        if (!finds(text)) return text
        if (search.regex) {
          places += text.match(pattern)?.length ?? 0
          return text.replace(pattern, replacement)
        }
        return text.replace(pattern, () => {
          places += 1
          return replacement
        })
      }
      const changed = mapTexts(value, put)
      return { value: changed, places }
    },
  }
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (kindOf(value) !== 'json') return value
  if (Array.isArray(value)) return value.map((part) => mapTexts(part, change))
  return Object.fromEntries(
    Object.entries(value as object).map(([name, part]) => [name, mapTexts(part, change)]),
  )
}

/** Newer than TypeScript's declaration. */
const { escape: escapeText } = RegExp as typeof RegExp & { escape(text: string): string }

function patternOf({ text, regex, wholeWord, matchCase }: Search): RegExp {
  const source = regex ? text : escapeText(text)
  // \b knows ASCII letters only.
  const bounded = wholeWord ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  try {
    return new RegExp(bounded, `gu${matchCase ? '' : 'i'}`)
  } catch (error) {
    throw new StudioError(
      'bad-argument',
      `"${text}" is not a pattern: ${messageOf(error)}.`,
      'Correct the regular expression, or look for the text as it stands.',
    )
  }
}
