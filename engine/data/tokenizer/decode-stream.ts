/** Decodes a growing list of tokens piece by piece; the pieces, put together, are the text of valid UTF-8 output. */
import type { DecodeOptions, Tokenizer } from './tokenizer.ts'

export interface DecodeStream {
  /** The text that has become certain with this token; '' while a character is incomplete. */
  push(id: number): string
  /** What is left, with U+FFFD for characters that never became complete. */
  end(): string
}

/** So many tokens without a complete character are no character: they are given out as they decode. */
const longestWait = 32

/**
 * Each new text is decoded together with the tokens of the piece before it, because decoders treat the first token
 * differently (spaces, word pieces), and the difference is given out.
 *
 * @param options special tokens are skipped by default, as for generated text
 */
export function decodeStream(
  tokenizer: Tokenizer,
  options: DecodeOptions = { skipSpecialTokens: true },
): DecodeStream {
  let context: number[] = []
  let pending: number[] = []
  const flush = (force: boolean): string => {
    const before = tokenizer.decode(context, options)
    const text = tokenizer.decode([...context, ...pending], options)
    if (!force && (text.length <= before.length || text.endsWith('\uFFFD'))) return ''
    // Tokens without text of their own (skipped ones) give no context.
    if (text.length > before.length) context = pending
    pending = []
    return text.slice(before.length)
  }
  return {
    push(id) {
      if (options.skipSpecialTokens && tokenizer.isSpecial(id)) return ''
      pending.push(id)
      return flush(pending.length >= longestWait)
    },
    end: () => flush(true),
  }
}
