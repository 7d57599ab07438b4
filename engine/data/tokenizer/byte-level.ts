/** GPT-2's alphabet: every byte of UTF-8 as one printable character. */
import type { AlignedText } from './aligned-text.ts'
import { mapChars } from './aligned-text.ts'

const utf8 = new TextEncoder()

/** Printable Latin-1 bytes stand for themselves; the others follow from U+0100 on. */
const charOfByte: readonly string[] = (() => {
  const printable = (b: number) => (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
})()

const byteOfChar = new Map(charOfByte.map((char, byte) => [char, byte]))

/** The space in that alphabet. */
export const byteSpace = charOfByte[0x20]!

const cache = new Map<string, string>()

function bytesAsChars(char: string): string {
  let text = cache.get(char)
  if (text === undefined) {
    text = Array.from(utf8.encode(char), (byte) => charOfByte[byte]!).join('')
    if (cache.size < 20_000) cache.set(char, text)
  }
  return text
}

export function byteLevelText(source: AlignedText): AlignedText {
  return mapChars(source, bytesAsChars)
}

/** The bytes a token stands for; a token with a character outside the alphabet stands for its own UTF-8. */
export function bytesOfToken(token: string): Iterable<number> {
  const bytes: number[] = []
  for (const char of token) {
    const byte = byteOfChar.get(char)
    if (byte === undefined) return utf8.encode(token)
    bytes.push(byte)
  }
  return bytes
}
