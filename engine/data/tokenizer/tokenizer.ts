/**
 * Text to token ids and back, equal to Hugging Face `tokenizers` (golden-data/tokenizers), with offsets.
 * The models, the pattern translation and some decoders are @huggingface/tokenizers'; everything around them is ours,
 * because that library has no offsets and differs in the ways listed in docs/data-differences.md.
 */
import type { AddedToken } from './added-tokens.ts'
import { addedTokenSplitter } from './added-tokens.ts'
import { alignedText, originOf, sliceAligned } from './aligned-text.ts'
import type { Decoder } from './decoders.ts'
import type { Model } from './model.ts'
import type { Normalizer } from './normalizers.ts'
import type { EncodedToken, PostProcessor } from './post-processors.ts'
import type { PreTokenizer } from './pre-tokenizers.ts'

/** The steps of tokenizer.json, built, and what tokenizer_config.json adds to them. */
export interface TokenizerParts {
  readonly model: Model
  readonly addedTokens: readonly AddedToken[]
  readonly normalizer: Normalizer | null
  readonly preTokenizer: PreTokenizer | null
  readonly postProcessor: PostProcessor | null
  readonly decoder: Decoder | null
  /** bos_token, eos_token, pad_token, unk_token … → text. */
  readonly specialTokens: Readonly<Record<string, string>>
  readonly chatTemplate: string | null
  /** What the configuration says about spaces before punctuation; see `Tokenizer.cleansUp`. */
  readonly cleanUp: boolean
  readonly hash: string
}

export interface EncodeOptions {
  /** BOS, EOS, [CLS] … as tokenizer.json says; default true. */
  readonly addSpecialTokens?: boolean
  /** A second text, for tokenizers that read pairs. */
  readonly textPair?: string
}

export interface DecodeOptions {
  readonly skipSpecialTokens?: boolean
  /** Removes spaces before punctuation, as old tokenizers want; default false. */
  readonly cleanUp?: boolean
}

export interface Encoding {
  readonly ids: number[]
  /** [start, end) in code points of the text each token comes from; [0, 0] for added special tokens. */
  readonly offsets: (readonly [number, number])[]
  readonly typeIds: number[]
}

export class Tokenizer {
  /** How it cuts words into tokens: BPE, Unigram, WordPiece or WordLevel. */
  readonly kind: Model['type']
  /** Tokens including added ones (transformers' `len(tokenizer)`). */
  readonly vocabSize: number
  /** The largest id of the vocabulary without added tokens; −1 where it is empty. */
  readonly largestOwnId: number
  readonly specialTokens: Readonly<Record<string, string>>
  readonly chatTemplate: string | null
  /** sha256 of the files that decide over ids and templates. */
  readonly hash: string
  /** Whether transformers 5 cleans up spaces when decoding with the configuration's own setting (never for BPE). */
  readonly cleansUp: boolean
  readonly #parts: TokenizerParts
  readonly #textOfId: string[] = []
  readonly #idOfText: Map<string, number>
  readonly #specialIds = new Set<number>()
  readonly #splitRaw: ReturnType<typeof addedTokenSplitter>
  readonly #splitNormalized: ReturnType<typeof addedTokenSplitter>

  constructor(parts: TokenizerParts) {
    this.#parts = parts
    this.specialTokens = parts.specialTokens
    this.chatTemplate = parts.chatTemplate
    this.hash = parts.hash
    this.cleansUp = parts.cleanUp && parts.model.type !== 'BPE'
    this.kind = parts.model.type
    let largest = -1
    for (const id of parts.model.vocab.values()) if (id > largest) largest = id
    this.largestOwnId = largest
    this.#idOfText = new Map(parts.model.vocab)
    for (const [text, id] of this.#idOfText) this.#textOfId[id] = text
    const raw = new Map<string, AddedToken>()
    const normalized = new Map<string, AddedToken>()
    for (const token of parts.addedTokens) {
      this.#idOfText.set(token.content, token.id)
      this.#textOfId[token.id] = token.content
      if (token.special) this.#specialIds.add(token.id)
      if ((token.normalized ?? !token.special) && parts.normalizer !== null) {
        const written = parts.normalizer(alignedText(token.content, false)).text
        if (written !== '') normalized.set(written, token)
      } else {
        raw.set(token.content, token)
      }
    }
    this.vocabSize = this.#idOfText.size
    this.#splitRaw = addedTokenSplitter(raw)
    this.#splitNormalized = addedTokenSplitter(normalized)
  }

  get bosId(): number | null {
    return this.idOf('bos_token')
  }
  get eosId(): number | null {
    return this.idOf('eos_token')
  }
  get padId(): number | null {
    return this.idOf('pad_token')
  }

  /** The id of a named special token (`eos_token` …); null where the tokenizer has none. */
  idOf(name: string): number | null {
    const text = this.specialTokens[name]
    return text === undefined ? null : (this.tokenId(text) ?? null)
  }

  /** The id of a token by its text in the vocabulary. */
  tokenId(text: string): number | undefined {
    return this.#idOfText.get(text)
  }

  /** The text of a token in the vocabulary (not decoded). */
  tokenText(id: number): string | undefined {
    return this.#textOfId[id]
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id)
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    return this.#encode(text, options, false).map((token) => token.id)
  }

  encodeWithOffsets(text: string, options: EncodeOptions = {}): Encoding {
    const tokens = this.#encode(text, options, true)
    return {
      ids: tokens.map((token) => token.id),
      offsets: tokens.map((token) => token.offsets),
      typeIds: tokens.map((token) => token.type),
    }
  }

  /** Ids that do not exist are skipped. */
  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    const tokens: string[] = []
    for (let i = 0; i < ids.length; i++) {
      const text = this.#textOfId[ids[i]!]
      if (text !== undefined && !(options.skipSpecialTokens && this.#specialIds.has(ids[i]!)))
        tokens.push(text)
    }
    const { decoder } = this.#parts
    const text = decoder === null ? tokens.join(' ') : decoder(tokens).join('')
    return options.cleanUp ? cleanUpSpaces(text) : text
  }

  #encode(
    text: string,
    { addSpecialTokens = true, textPair }: EncodeOptions,
    track: boolean,
  ): EncodedToken[] {
    const sequences = {
      first: this.#tokens(text, 0, track),
      // An empty second text counts as none, as in transformers.
      pair: !textPair ? null : this.#tokens(textPair, 1, track),
    }
    const { first, pair } = this.#parts.postProcessor?.(sequences, addSpecialTokens) ?? sequences
    return pair === null ? first : first.concat(pair)
  }

  /** Added tokens out of the raw text, then normalize, added tokens again, pre-tokenize, model. */
  #tokens(text: string, type: number, track: boolean): EncodedToken[] {
    const { normalizer, preTokenizer, model } = this.#parts
    const tokens: EncodedToken[] = []
    const source = alignedText(text, track)
    for (const part of this.#splitRaw(text)) {
      const raw = sliceAligned(source, part.start, part.end)
      if (part.token !== null) {
        tokens.push({ id: part.token.id, text: raw.text, offsets: originOf(raw, 0, raw.text.length), type })
        continue
      }
      const normal = normalizer === null ? raw : normalizer(raw)
      for (const inner of this.#splitNormalized(normal.text)) {
        const section = sliceAligned(normal, inner.start, inner.end)
        if (inner.token !== null) {
          const offsets = originOf(section, 0, section.text.length)
          tokens.push({ id: inner.token.id, text: section.text, offsets, type })
          continue
        }
        const first = part.start === 0 && inner.start === 0
        for (const word of preTokenizer === null ? [section] : preTokenizer(section, first)) {
          for (const { id, start, end } of model.tokens(word.text)) {
            tokens.push({ id, text: this.#textOfId[id]!, offsets: originOf(word, start, end), type })
          }
        }
      }
    }
    return tokens
  }
}

const cleanUps: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
]

function cleanUpSpaces(text: string): string {
  return cleanUps.reduce((clean, [from, to]) => clean.replaceAll(from, to), text)
}
