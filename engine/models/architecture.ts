/** What an architecture file provides: how to read its config.json and how to write its graph. */
import type { Value } from '../graph/value.ts'
import type { LayerCache } from './attention.ts'
import type { Attachments } from './sites.ts'

/** Facts that the rest of the engine needs of any model. */
export interface ModelFacts {
  readonly modelType: string
  readonly vocabularySize: number
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  /** Longest sequence it was made for. */
  readonly contextLength: number
  readonly tiedHead: boolean
  /** Module path of the token embedding, such as `model.embed_tokens`. */
  readonly embeddingModule: string
  /** Module path of the output projection. */
  readonly headModule: string
  /** Module that a bare base model would be saved without, such as `model`. */
  readonly basePrefix: string
  readonly endTokens: readonly number[]
  /** Token whose embedding row gets no gradient, as in transformers' `padding_idx`. */
  readonly paddingToken: number | undefined
}

/** One layout of tokens, already on the graph. */
export interface ModelInputs {
  readonly rows: number
  readonly length: number
  /** int32 [tokens] */
  readonly ids: Value
  /** int32 [tokens] */
  readonly positions: Value
  /** Mask for attention, [rows, 1, length, keys]; `window` gives the masked one of a sliding layer. */
  mask(window: number | undefined): Value
  /** Longest position that can occur, for position-dependent scaling. */
  readonly longest: number
  cache?(layer: number): LayerCache
  /** How many prefix keys each layer gets (they shift nothing here: positions are given). */
  readonly prefixLength: number
}

/** A model whose config has been read and checked. */
export interface Model {
  readonly facts: ModelFacts
  /** Hidden states after the last norm: [tokens, width]. */
  hidden(at: Attachments, inputs: ModelInputs): Value
  /** Logits of the given hidden states: [n, width] → [n, vocabulary]. */
  logits(at: Attachments, hidden: Value): Value
}

export interface Architecture {
  /** `model_type` values of config.json that this file understands. */
  readonly modelTypes: readonly string[]
  readonly title: string
  /** @throws StudioError where config.json is incomplete or asks for something unknown */
  read(config: Readonly<Record<string, unknown>>): Model
}
