/** The library's BPE, Unigram and WordPiece models, asked word by word so that every token knows the characters it covers. */
import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { BPE, Unigram, WordPiece } from './library.ts'
import { fieldsOf, type Step } from './step.ts'

/** A token of a word; [start, end) in UTF-16 units of the word. */
export interface ModelToken {
  readonly id: number
  readonly start: number
  readonly end: number
}

export interface Model {
  readonly type: 'BPE' | 'Unigram' | 'WordPiece' | 'WordLevel'
  readonly vocab: ReadonlyMap<string, number>
  tokens(word: string): readonly ModelToken[]
}

const utf8 = new TextEncoder()
const vocabulary = z.record(z.string(), z.number().int().nonnegative())
const cachedWords = 50_000
const longestCachedWord = 200

/** @param step the "model" of tokenizer.json */
export function modelOf(step: Step): Model {
  const { type, vocab, tokens } = builderOf(step)(step)
  const cache = new Map<string, readonly ModelToken[]>()
  return {
    type,
    vocab,
    tokens(word) {
      const known = cache.get(word)
      if (known !== undefined) return known
      const made = tokens(word)
      if (cache.size >= cachedWords) cache.clear()
      if (word.length <= longestCachedWord) cache.set(word, made)
      return made
    },
  }
}

function builderOf(step: Step): (step: Step) => Model {
  switch (step.type) {
    case 'BPE':
      return bpe
    case 'Unigram':
      return unigram
    case 'WordPiece':
      return wordPiece
    case 'WordLevel':
      return wordLevel
    default:
      throw new StudioError(
        'unsupported',
        `tokenizer.json has a model of type "${step.type}", which this studio does not know.`,
        'Use a model whose tokenizer is BPE, Unigram, WordPiece or WordLevel.',
      )
  }
}

function bpe(step: Step): Model {
  const fields = fieldsOf(step, {
    vocab: vocabulary,
    merges: z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
    unk_token: z.string().nullish(),
    end_of_word_suffix: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    fuse_unk: z.boolean().default(false),
    byte_fallback: z.boolean().default(false),
    ignore_merges: z.boolean().default(false),
  })
  if (fields.continuing_subword_prefix) {
    throw new StudioError(
      'unsupported',
      'The tokenizer is BPE with a prefix for continuing pieces, which the tokenizer library cannot do.',
      'Use another base model.',
    )
  }
  const model = new BPE({ ...fields, type: 'BPE' })
  const vocab = model.tokens_to_ids
  const unknown = fields.unk_token == null ? undefined : vocab.get(fields.unk_token)
  const suffix = fields.end_of_word_suffix?.length ?? 0
  return {
    type: 'BPE',
    vocab,
    tokens(word) {
      const whole = vocab.get(word)
      if (fields.ignore_merges && whole !== undefined) return [{ id: whole, start: 0, end: word.length }]
      const tokens = new TokenList(fields.byte_fallback ? vocab : null, unknown, fields.fuse_unk)
      let start = 0
      for (const piece of model.bpe(word)) {
        const end = Math.min(word.length, start + piece.length)
        tokens.add(
          piece,
          vocab.get(piece),
          start,
          start + piece.length > word.length - suffix ? word.length : end,
        )
        start = end
      }
      return tokens.list
    },
  }
}

function unigram(step: Step): Model {
  const fields = fieldsOf(step, {
    vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
    unk_id: z.number().int().nonnegative().nullish(),
    byte_fallback: z.boolean().default(false),
  })
  // The library reads the unknown token's entry without asking whether there is one.
  const model = new Unigram({ type: 'Unigram', vocab: fields.vocab, unk_id: fields.unk_id ?? 0 }, '')
  const vocab = model.tokens_to_ids
  const unknown = fields.unk_id ?? undefined
  return {
    type: 'Unigram',
    vocab,
    tokens(word) {
      const tokens = new TokenList(fields.byte_fallback ? vocab : null, unknown, true)
      let start = 0
      for (const piece of model.tokenize(word)) {
        tokens.add(piece, vocab.get(piece), start, start + piece.length)
        start += piece.length
      }
      return tokens.list
    },
  }
}

function wordPiece(step: Step): Model {
  const fields = fieldsOf(step, {
    vocab: vocabulary,
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.number().int().positive().default(100),
  })
  const model = new WordPiece({ ...fields, type: 'WordPiece' })
  const vocab = model.tokens_to_ids
  return {
    type: 'WordPiece',
    vocab,
    tokens(word) {
      const pieces = model.encode([word])
      const covered = pieces.reduce(
        (sum, piece, i) => sum + piece.length - (i > 0 ? fields.continuing_subword_prefix.length : 0),
        0,
      )
      if (covered !== word.length || vocab.get(pieces[0]!) === undefined) {
        const id = vocab.get(fields.unk_token)
        return id === undefined ? [] : [{ id, start: 0, end: word.length }]
      }
      let start = 0
      return pieces.map((piece, i) => {
        const end = start + piece.length - (i > 0 ? fields.continuing_subword_prefix.length : 0)
        const token = { id: vocab.get(piece)!, start, end }
        start = end
        return token
      })
    },
  }
}

function wordLevel(step: Step): Model {
  const fields = fieldsOf(step, { vocab: vocabulary, unk_token: z.string().default('<unk>') })
  const vocab = new Map(Object.entries(fields.vocab))
  return {
    type: 'WordLevel',
    vocab,
    tokens(word) {
      const id = vocab.get(word) ?? vocab.get(fields.unk_token)
      return id === undefined ? [] : [{ id, start: 0, end: word.length }]
    },
  }
}

/** Collects the tokens of a word; pieces outside the vocabulary become bytes or (joined) unknown tokens. */
class TokenList {
  readonly list: ModelToken[] = []
  readonly #bytes: ReadonlyMap<string, number> | null
  readonly #unknown: number | undefined
  readonly #fuse: boolean
  #lastUnknown = false

  constructor(bytes: ReadonlyMap<string, number> | null, unknown: number | undefined, fuse: boolean) {
    this.#bytes = bytes
    this.#unknown = unknown
    this.#fuse = fuse
  }

  add(piece: string, id: number | undefined, start: number, end: number): void {
    const ids = id === undefined ? this.#bytesOf(piece) : [id]
    if (ids !== null && !(id === this.#unknown && this.#fuse)) {
      for (const known of ids) this.list.push({ id: known, start, end })
      this.#lastUnknown = false
    } else if (this.#unknown !== undefined) {
      const last = this.list.at(-1)
      if (this.#fuse && this.#lastUnknown && last !== undefined)
        this.list[this.list.length - 1] = { ...last, end }
      else this.list.push({ id: this.#unknown, start, end })
      this.#lastUnknown = true
    }
  }

  #bytesOf(piece: string): number[] | null {
    if (this.#bytes === null) return null
    const ids: number[] = []
    for (const byte of utf8.encode(piece)) {
      const id = this.#bytes.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
      if (id === undefined) return null
      ids.push(id)
    }
    return ids
  }
}
