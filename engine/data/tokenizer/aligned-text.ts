/** Text on its way through normalizers and pre-tokenizers that remembers which characters of the original it came from. */

/**
 * `spans` holds, for every UTF-16 unit of `text`, the [start, end) of its origin in code points of the original;
 * null when nobody asked for offsets.
 */
export interface AlignedText {
  readonly text: string
  readonly spans: Int32Array | null
}

/** A stretch of the source (in UTF-16 units) and what stands in its place. */
export type Piece = readonly [length: number, replacement: string]

export function alignedText(text: string, track: boolean): AlignedText {
  if (!track) return { text, spans: null }
  const spans = new Int32Array(text.length * 2)
  let unit = 0
  let point = 0
  for (const char of text) {
    for (let i = 0; i < char.length; i++, unit++) spans.set([point, point + 1], unit * 2)
    point++
  }
  return { text, spans }
}

export function sliceAligned(source: AlignedText, start: number, end = source.text.length): AlignedText {
  if (start === 0 && end === source.text.length) return source
  return { text: source.text.slice(start, end), spans: source.spans?.subarray(start * 2, end * 2) ?? null }
}

/**
 * Replaces the source piece by piece. The i-th new character of a piece takes the origin of its i-th old character,
 * surplus new characters that of the last old one (what the Rust library's `transform` amounts to).
 */
export function rebuild(source: AlignedText, pieces: Iterable<Piece>): AlignedText {
  const parts: string[] = []
  const spans: number[] = []
  let unit = 0
  for (const [length, replacement] of pieces) {
    parts.push(replacement)
    if (source.spans !== null) {
      let from = unit
      for (const char of replacement) {
        for (let i = 0; i < char.length; i++) spans.push(source.spans[from * 2]!, source.spans[from * 2 + 1]!)
        const step = source.text.codePointAt(from)! > 0xffff ? 2 : 1
        if (from + step < unit + length) from += step
      }
    }
    unit += length
  }
  return { text: parts.join(''), spans: source.spans === null ? null : Int32Array.from(spans) }
}

/** Replaces every character; '' removes it. */
export function mapChars(source: AlignedText, replace: (char: string) => string): AlignedText {
  const pieces: Piece[] = []
  let changed = false
  for (const char of source.text) {
    const replacement = replace(char)
    changed ||= replacement !== char
    pieces.push([char.length, replacement])
  }
  return changed ? rebuild(source, pieces) : source
}

/** Replaces every match; the new text takes the origin of the match's last character. */
export function replaceMatches(source: AlignedText, pattern: RegExp, content: string): AlignedText {
  const pieces: Piece[] = []
  let last = 0
  for (const match of source.text.matchAll(pattern)) {
    if (match[0] === '') continue
    const final = [...match[0]].at(-1)!.length
    if (match.index > last) pieces.push([match.index - last, source.text.slice(last, match.index)])
    if (match[0].length > final) pieces.push([match[0].length - final, ''])
    pieces.push([final, content])
    last = match.index + match[0].length
  }
  if (last === 0) return source
  pieces.push([source.text.length - last, source.text.slice(last)])
  return rebuild(source, pieces)
}

/** Puts text in front; it takes the origin of the first character. Empty text stays empty, as in the Rust library. */
export function prepend(source: AlignedText, prefix: string): AlignedText {
  const first = source.text.codePointAt(0)
  if (first === undefined) return source
  const text = prefix + source.text
  if (source.spans === null) return { text, spans: null }
  const spans = new Int32Array(text.length * 2)
  for (let i = 0; i < prefix.length; i++) spans.set([source.spans[0]!, source.spans[1]!], i * 2)
  spans.set(source.spans, prefix.length * 2)
  return { text, spans }
}

/** The origin of the units [start, end), in code points. */
export function originOf(source: AlignedText, start: number, end: number): [number, number] {
  if (source.spans === null || source.spans.length === 0) return [0, 0]
  const last = Math.max(start, end - 1)
  return [source.spans[start * 2] ?? 0, source.spans[last * 2 + 1] ?? 0]
}
