/** What each token of a list adds to the text, for people: characters of several tokens stand with the last of them. */
import { bytesOfToken } from './byte-level.ts'
import { decodeStream } from './decode-stream.ts'
import type { Tokenizer } from './tokenizer.ts'

export interface TokenText {
  readonly id: number
  /** All of them together are the decoded text; '' where a character is not complete yet. */
  readonly text: string
  /** As the vocabulary writes it. */
  readonly piece: string
  /** Bytes in hexadecimal, of a token that is only a part of a character. */
  readonly bytes: string | null
  readonly special: boolean
}

export function tokenTexts(tokenizer: Tokenizer, ids: ArrayLike<number>): TokenText[] {
  const stream = decodeStream(tokenizer, { skipSpecialTokens: false })
  const texts = Array.from(ids, (id): TokenText => {
    const piece = tokenizer.tokenText(id) ?? ''
    return {
      id,
      text: stream.push(id),
      piece,
      bytes: bytesOf(tokenizer, id, piece),
      special: tokenizer.isSpecial(id),
    }
  })
  const rest = stream.end()
  const last = texts.at(-1)
  if (last !== undefined && rest !== '') texts[texts.length - 1] = { ...last, text: last.text + rest }
  return texts
}

/** Only tokens that are no text by themselves have bytes to show. */
function bytesOf(tokenizer: Tokenizer, id: number, piece: string): string | null {
  const alone = tokenizer.decode([id])
  if (!alone.includes('\uFFFD') || piece.includes('\uFFFD')) return null
  const named = /^<0x([0-9A-F]{2})>$/.exec(piece)
  if (named !== null) return named[1]!
  return Array.from(bytesOfToken(piece), (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
}
