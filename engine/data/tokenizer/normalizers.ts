/** The normalizers of tokenizer.json, rewritten here because the library's keep no offsets (and differ for BERT, Precompiled, Nmt). */
import { z } from 'zod'
import type { AlignedText, Piece } from './aligned-text.ts'
import { mapChars, prepend, rebuild, replaceMatches, sliceAligned } from './aligned-text.ts'
import { byteLevelText } from './byte-level.ts'
import { precompiledNormalizer } from './precompiled.ts'
import type { Step } from './step.ts'
import { fieldsOf, pattern, regexOf, stepSchema, unknownStep } from './step.ts'

export type Normalizer = (source: AlignedText) => AlignedText

type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

const builders: Record<string, (step: Step) => Normalizer> = {
  Sequence: (step) => {
    const steps = fieldsOf(step, { normalizers: z.array(stepSchema) }).normalizers.map(normalizer)
    return (source) => steps.reduce((text, apply) => apply(text), source)
  },
  NFC: () => (source) => unicode(source, 'NFC'),
  NFD: () => (source) => unicode(source, 'NFD'),
  NFKC: () => (source) => unicode(source, 'NFKC'),
  NFKD: () => (source) => unicode(source, 'NFKD'),
  Lowercase: () => lowercase,
  StripAccents: () => (source) => mapChars(source, (char) => (/^\p{M}$/u.test(char) ? '' : char)),
  Strip: (step) => {
    const { strip_left, strip_right } = fieldsOf(step, { strip_left: z.boolean(), strip_right: z.boolean() })
    return (source) => strip(source, strip_left, strip_right)
  },
  Prepend: (step) => {
    const { prepend: prefix } = fieldsOf(step, { prepend: z.string() })
    return (source) => prepend(source, prefix)
  },
  Replace: (step) => {
    const fields = fieldsOf(step, { pattern, content: z.string() })
    const regex = regexOf(fields.pattern)
    return (source) => replaceMatches(source, regex, fields.content)
  },
  Precompiled: (step) =>
    precompiledNormalizer(fieldsOf(step, { precompiled_charsmap: z.string() }).precompiled_charsmap),
  ByteLevel: () => byteLevelText,
  Nmt: () => nmt,
  BertNormalizer: (step) => {
    const fields = fieldsOf(step, {
      clean_text: z.boolean().default(true),
      handle_chinese_chars: z.boolean().default(true),
      strip_accents: z.boolean().nullish(),
      lowercase: z.boolean().default(true),
    })
    return (source) => {
      let text = source
      if (fields.clean_text) text = mapChars(text, cleanChar)
      if (fields.handle_chinese_chars) text = mapChars(text, (char) => (isHan(char) ? ` ${char} ` : char))
      if (fields.strip_accents ?? fields.lowercase) text = mapChars(unicode(text, 'NFD'), dropMark)
      return fields.lowercase ? lowercase(text) : text
    }
  },
}

export function normalizer(step: Step): Normalizer {
  const build = builders[step.type]
  if (build === undefined) throw unknownStep('normalizer', step)
  return build(step)
}

/** A character with everything that may combine with it: marks, Hangul vowels and finals, half-width voice marks. */
const combining = /[\s\S][\p{M}\u1160-\u11FF\uD7B0-\uD7FB\uFF9E\uFF9F\uFFA0-\uFFDC]*/gu

function unicode(source: AlignedText, form: Form): AlignedText {
  const normal = source.text.normalize(form)
  if (normal === source.text) return source
  if (source.spans === null) return { text: normal, spans: null }
  const pieces: Piece[] = []
  for (const [cluster] of source.text.matchAll(combining))
    pieces.push(...clusterPieces(cluster, cluster.normalize(form)))
  return rebuild(source, pieces)
}

/** When characters melt together it is the first that takes them in; the others keep their origin, counted from the end. */
function clusterPieces(cluster: string, normal: string): Piece[] {
  const old = [...cluster]
  const fresh = [...normal]
  const melted = old.length - fresh.length
  if (melted <= 0 || fresh.length === 0) return [[cluster.length, normal]]
  const first = old.slice(0, melted + 1).join('')
  return [
    [first.length, fresh[0]!],
    ...old.slice(melted + 1).map((char, i): Piece => [char.length, fresh[i + 1]!]),
  ]
}

// Character by character: a whole JavaScript string would turn a final Σ into ς, which Rust's char mapping does not.
function lowercase(source: AlignedText): AlignedText {
  return mapChars(source, (char) => char.toLowerCase())
}

function strip(source: AlignedText, left: boolean, right: boolean): AlignedText {
  const start = left ? /^\p{White_Space}*/u.exec(source.text)![0].length : 0
  const rest = source.text.slice(start)
  return sliceAligned(
    source,
    start,
    right ? start + rest.replace(/\p{White_Space}+$/u, '').length : undefined,
  )
}

const nmtKept = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d])
const nmtRemoved = (point: number) =>
  (point < 0x20 && !nmtKept.has(point)) || point === 0x7f || point === 0x8f || point === 0x9f
const nmtSpace = /^[\t\n\f\r\u1680\u200B-\u200F\u2028\u2029\u2581\uFEFF\uFFFD]$/

function nmt(source: AlignedText): AlignedText {
  return mapChars(source, (char) =>
    nmtRemoved(char.codePointAt(0)!) ? '' : nmtSpace.test(char) ? ' ' : char,
  )
}

function cleanChar(char: string): string {
  if (char === '\t' || char === '\n' || char === '\r') return ' '
  if (char === '\u0000' || char === '\uFFFD' || /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u.test(char)) return ''
  return /^\p{White_Space}$/u.test(char) ? ' ' : char
}

function dropMark(char: string): string {
  return /^\p{Mn}$/u.test(char) ? '' : char
}

const hanBlocks = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
] as const

function isHan(char: string): boolean {
  const point = char.codePointAt(0)!
  return point >= 0x3400 && hanBlocks.some(([from, to]) => point >= from && point <= to)
}
