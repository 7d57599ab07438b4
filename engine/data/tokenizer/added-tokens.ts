/** Finds added tokens in a text: leftmost, longest; single_word, lstrip and rstrip as the Rust library has them. */
import { z } from 'zod'
import { literal } from './step.ts'

export const addedTokenSchema = z.object({
  id: z.number().int().nonnegative(),
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
})
export type AddedToken = z.infer<typeof addedTokenSchema>

/** A part of the text: an added token, or (token null) ordinary text. */
export interface Part {
  readonly token: AddedToken | null
  readonly start: number
  readonly end: number
}

const wordEnd = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u
const wordStart = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u

/**
 * @param written what to look for, and the token it stands for (normalized tokens are looked for in their normal form)
 */
export function addedTokenSplitter(written: ReadonlyMap<string, AddedToken>): (text: string) => Part[] {
  if (written.size === 0) return (text) => (text === '' ? [] : [{ token: null, start: 0, end: text.length }])
  const longestFirst = [...written.keys()].sort((a, b) => b.length - a.length)
  const regex = new RegExp(longestFirst.map((content) => literal(content)).join('|'), 'gu')
  return (text) => {
    const parts: Part[] = []
    let last = 0
    for (const match of text.matchAll(regex)) {
      const token = written.get(match[0])!
      let start = match.index
      let end = start + match[0].length
      if (token.single_word && (wordEnd.test(text.slice(0, start)) || wordStart.test(text.slice(end))))
        continue
      if (token.lstrip)
        start = Math.max(last, start - /\p{White_Space}*$/u.exec(text.slice(0, start))![0].length)
      if (token.rstrip) end += /^\p{White_Space}*/u.exec(text.slice(end))![0].length
      if (start > last) parts.push({ token: null, start: last, end: start })
      parts.push({ token, start, end })
      last = end
    }
    if (last < text.length) parts.push({ token: null, start: last, end: text.length })
    return parts
  }
}
