/** sentencepiece's precompiled character map: a double-array trie from characters to their normal form. */
import { StudioError } from '../../errors.ts'
import type { AlignedText, Piece } from './aligned-text.ts'
import { mapChars, rebuild } from './aligned-text.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const utf8 = new TextEncoder()
/** Longer clusters are looked up character by character (the reference does the same). */
const longestCluster = 5

/**
 * Layout of the map: uint32 size of the trie in bytes, the trie's uint32 units, then NUL-terminated UTF-8 texts.
 * The reference takes the first (shortest) hit of a prefix search, not the longest; so do we.
 *
 * @param charsmap base64 text of tokenizer.json
 */
export function precompiledNormalizer(charsmap: string): (source: AlignedText) => AlignedText {
  const bytes = Buffer.from(charsmap, 'base64')
  const size = bytes.length >= 4 ? bytes.readUInt32LE(0) : -1
  if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length) {
    throw new StudioError(
      'bad-file',
      "The tokenizer's precompiled character map is damaged: its stated size does not fit its content.",
      'Download tokenizer.json again.',
    )
  }
  const units = new Uint32Array(size / 4)
  for (let i = 0; i < units.length; i++) units[i] = bytes.readUInt32LE(4 + i * 4)
  const texts = bytes.subarray(4 + size)

  const found = new Map<string, string | null>()
  const lookUp = (part: string): string | null => {
    const known = found.get(part)
    if (known !== undefined) return known
    const normal = search(part)
    if (found.size < 20_000) found.set(part, normal)
    return normal
  }
  const search = (part: string): string | null => {
    let node = offsetOf(units[0]!)
    for (const byte of utf8.encode(part)) {
      if (byte === 0) return null
      node ^= byte
      const unit = units[node] ?? 0
      if ((unit & 0x800000ff) >>> 0 !== byte) return null
      node ^= offsetOf(unit)
      if ((unit >>> 8) & 1) return textAt((units[node] ?? 0) & 0x7fffffff)
    }
    return null
  }
  const textAt = (start: number): string => {
    const end = texts.indexOf(0, start)
    return texts.toString('utf8', start, end < 0 ? texts.length : end)
  }

  return (source) => {
    const pieces: Piece[] = []
    // Segmenting is slow, and in plain ASCII without \r\n every character is a cluster.
    const ascii = /^[ -~\n\t]*$/.test(source.text)
    if (ascii) return mapChars(source, (char) => lookUp(char) ?? char)
    for (const { segment } of graphemes.segment(source.text)) {
      const whole = utf8.encode(segment).length <= longestCluster ? lookUp(segment) : null
      if (whole !== null) pieces.push([segment.length, whole])
      else for (const char of segment) pieces.push([char.length, lookUp(char) ?? char])
    }
    return rebuild(source, pieces)
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6)
}
