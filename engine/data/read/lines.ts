/** Splits a stream of bytes into lines of UTF-8 text, holding one line at a time. */

export interface Line {
  readonly line: number
  /** null when the bytes are not UTF-8, or more than a line may have. */
  readonly text: string | null
  readonly reason?: string
}

/** A row of text is never this long; a file without line breaks must not fill the memory. */
export const longestLine = 64 * 1024 * 1024

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const newline = 0x0a
const bom = [0xef, 0xbb, 0xbf]

/** Line breaks are LF or CRLF; a byte order mark at the start is left out. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  longest = longestLine,
): AsyncGenerator<Line> {
  let parts: Uint8Array[] = []
  let size = 0
  let line = 1
  const finish = (): Line => {
    const bytes = Buffer.concat(size > longest ? [] : parts)
    const tooLong = size > longest
    parts = []
    size = 0
    if (tooLong) return { line, text: null, reason: `the line is longer than ${longest} bytes` }
    const start = line === 1 && bom.every((byte, i) => bytes[i] === byte) ? bom.length : 0
    const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length
    try {
      return { line, text: strict.decode(bytes.subarray(start, Math.max(start, end))) }
    } catch {
      return { line, text: null, reason: 'the line is not valid UTF-8 text; save the file as UTF-8' }
    }
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      if (size <= longest) parts.push(chunk.subarray(start, end))
      size += end - start
      yield finish()
      line++
      start = end + 1
    }
    if (start === chunk.length) continue
    size += chunk.length - start
    if (size <= longest) parts.push(chunk.subarray(start))
    else parts = []
  }
  if (size > 0) yield finish()
}
