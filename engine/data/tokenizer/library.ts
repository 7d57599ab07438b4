/**
 * The parts of @huggingface/tokenizers we use, with types: its declarations import without file extensions,
 * which TypeScript's nodenext resolution does not follow.
 */

declare module '@huggingface/tokenizers' {
  interface VocabularyModel {
    readonly tokens_to_ids: Map<string, number>
  }
  interface TokenDecoder {
    decode_chain(tokens: string[]): string[]
  }
  export class BPE implements VocabularyModel {
    constructor(config: object)
    readonly tokens_to_ids: Map<string, number>
    /** The pieces of a word; pieces outside the vocabulary are the word's own characters. */
    bpe(word: string): string[]
  }
  export class Unigram implements VocabularyModel {
    constructor(config: object, eosToken: string)
    readonly tokens_to_ids: Map<string, number>
    tokenize(word: string): string[]
  }
  export class WordPiece implements VocabularyModel {
    constructor(config: object)
    readonly tokens_to_ids: Map<string, number>
    encode(words: string[]): string[]
  }
  export class SplitPreTokenizer {
    constructor(config: object)
    /** The Oniguruma pattern of the configuration as a global JavaScript expression. */
    readonly pattern: RegExp | null
  }
  export class StripDecoder implements TokenDecoder {
    constructor(config: object)
    decode_chain(tokens: string[]): string[]
  }
  export class WordPieceDecoder implements TokenDecoder {
    constructor(config: object)
    decode_chain(tokens: string[]): string[]
  }
  export class BPEDecoder implements TokenDecoder {
    constructor(config: object)
    decode_chain(tokens: string[]): string[]
  }
  export class CTCDecoder implements TokenDecoder {
    constructor(config: object)
    decode_chain(tokens: string[]): string[]
  }
}

export {
  BPE,
  BPEDecoder,
  CTCDecoder,
  SplitPreTokenizer,
  StripDecoder,
  Unigram,
  WordPiece,
  WordPieceDecoder,
} from '@huggingface/tokenizers'
