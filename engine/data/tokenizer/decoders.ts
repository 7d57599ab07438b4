/** The decoders of tokenizer.json; the library's where they agree with the Rust ones, our own where they do not. */
import { z } from 'zod'
import { bytesOfToken } from './byte-level.ts'
import { BPEDecoder, CTCDecoder, StripDecoder, WordPieceDecoder } from './library.ts'
import type { Step } from './step.ts'
import { fieldsOf, pattern, regexOf, stepSchema, unknownStep } from './step.ts'

/** Token texts in, text parts out. */
export type Decoder = (tokens: readonly string[]) => string[]

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

const builders: Record<string, (step: Step) => Decoder> = {
  Sequence: (step) => {
    const steps = fieldsOf(step, { decoders: z.array(stepSchema) }).decoders.map(decoder)
    return (tokens) => steps.reduce<string[]>((parts, apply) => apply(parts), [...tokens])
  },
  ByteLevel: () => byteLevel,
  ByteFallback: () => byteFallback,
  Fuse: () => (tokens) => [tokens.join('')],
  Replace: (step) => {
    const fields = fieldsOf(step, { pattern, content: z.string() })
    const regex = regexOf(fields.pattern)
    return (tokens) => tokens.map((token) => token.replaceAll(regex, () => fields.content))
  },
  Strip: (step) => {
    const fields = fieldsOf(step, {
      content: z.string(),
      start: z.number().int().default(0),
      stop: z.number().int().default(0),
    })
    const library = new StripDecoder({ ...fields, type: 'Strip' })
    return (tokens) => library.decode_chain([...tokens])
  },
  Metaspace: (step) => {
    const fields = fieldsOf(step, {
      replacement: z.string().default('▁'),
      prepend_scheme: z.enum(['always', 'never', 'first']).default('always'),
    })
    return (tokens) =>
      tokens.map((token, i) =>
        token.replaceAll(fields.replacement, i === 0 && fields.prepend_scheme !== 'never' ? '' : ' '),
      )
  },
  WordPiece: (step) => {
    const fields = fieldsOf(step, { prefix: z.string().default('##'), cleanup: z.boolean().default(true) })
    const library = new WordPieceDecoder({ ...fields, type: 'WordPiece' })
    return (tokens) => library.decode_chain([...tokens])
  },
  BPEDecoder: (step) => {
    const fields = fieldsOf(step, { suffix: z.string().default('</w>') })
    const library = new BPEDecoder({ ...fields, type: 'BPEDecoder' })
    return (tokens) => library.decode_chain([...tokens])
  },
  CTC: (step) => {
    const fields = fieldsOf(step, {
      pad_token: z.string().default('<pad>'),
      word_delimiter_token: z.string().default('|'),
      cleanup: z.boolean().default(true),
    })
    const library = new CTCDecoder({ ...fields, type: 'CTC' })
    return (tokens) => library.decode_chain([...tokens])
  },
}

export function decoder(step: Step): Decoder {
  const build = builders[step.type]
  if (build === undefined) throw unknownStep('decoder', step)
  return build(step)
}

/** The library drops characters outside the alphabet; the Rust one takes such a token as it is. */
function byteLevel(tokens: readonly string[]): string[] {
  const bytes: number[] = []
  for (const token of tokens) for (const byte of bytesOfToken(token)) bytes.push(byte)
  return [lenient.decode(Uint8Array.from(bytes))]
}

/** A run of byte tokens is text, or one U+FFFD per byte when it is not valid UTF-8 (the library keeps the valid part). */
function byteFallback(tokens: readonly string[]): string[] {
  const parts: string[] = []
  let run: number[] = []
  const flush = () => {
    if (run.length === 0) return
    try {
      parts.push(strict.decode(Uint8Array.from(run)))
    } catch {
      for (const _ of run) parts.push('\uFFFD')
    }
    run = []
  }
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)
    if (byte === null) {
      flush()
      parts.push(token)
    } else {
      run.push(Number.parseInt(byte[1]!, 16))
    }
  }
  flush()
  return parts
}
