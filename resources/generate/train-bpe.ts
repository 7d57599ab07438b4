/** Byte-level byte-pair encoding, trained: counts in, vocabulary and merges out (Sennrich et al. 2016; GPT-2's byte alphabet). */

/** How text is cut before merging: GPT-2's expression, but every digit stands alone. The same string goes into tokenizer.json. */
export const PRE_TOKENISE = "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/** A trained vocabulary: `symbols` are the 256 byte characters and then one entry per merge, in order. */
export interface Bpe {
  readonly symbols: readonly string[]
  readonly merges: readonly (readonly [string, string])[]
}

/** GPT-2's printable character for each byte value. */
export function byteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}

/**
 * Learns merges until there are `entries` symbols (bytes included).
 * Ties go to the pair that sorts first, so that the result depends on the texts alone.
 */
export function trainBpe(texts: Iterable<string>, entries: number): Bpe {
  const alphabet = byteAlphabet()
  const words = [...countWords(texts)].map(([word, count]) => ({
    count,
    parts: [...new TextEncoder().encode(word)].map((byte) => alphabet[byte]!),
  }))
  const symbols = [...alphabet]
  const merges: [string, string][] = []
  const known = new Set(symbols)
  while (symbols.length < entries) {
    const best = mostFrequentPair(words)
    if (best === undefined) break
    merges.push(best)
    const joined = best[0] + best[1]
    // Two different pairs may spell the same symbol; the vocabulary holds it once.
    if (!known.has(joined)) {
      known.add(joined)
      symbols.push(joined)
    }
    for (const word of words) merge(word.parts, best)
  }
  return { symbols, merges }
}

interface Word {
  readonly count: number
  readonly parts: string[]
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const pattern = new RegExp(PRE_TOKENISE, 'gu')
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const [word] of text.matchAll(pattern)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

function mostFrequentPair(words: readonly Word[]): [string, string] | undefined {
  const counts = new Map<string, number>()
  for (const { count, parts } of words) {
    for (let i = 1; i < parts.length; i++) {
      const pair = `${parts[i - 1]} ${parts[i]}`
      counts.set(pair, (counts.get(pair) ?? 0) + count)
    }
  }
  let best = ''
  let most = 0
  for (const [pair, count] of counts) {
    if (count > most || (count === most && pair < best)) [best, most] = [pair, count]
  }
  return most === 0 ? undefined : (best.split(' ') as [string, string])
}

/** Joins every neighbouring occurrence of the pair, in place. */
function merge(parts: string[], [left, right]: readonly [string, string]): void {
  for (let i = 0; i + 1 < parts.length; i++) {
    if (parts[i] === left && parts[i + 1] === right) parts.splice(i, 2, left + right)
  }
}
