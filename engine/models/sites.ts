/** The places of a model where a method may attach; names are the Hugging Face module names. */
import type { Value } from '../graph/value.ts'

/** A dense layer: `Linear` stores [out, in], GPT-2's `Conv1D` stores [in, out]. */
export interface LinearSite {
  readonly kind: 'linear'
  readonly module: string
  readonly layer: number | undefined
  readonly inFeatures: number
  readonly outFeatures: number
  readonly layout: 'linear' | 'conv1d'
  /** The projection to the vocabulary, which `all-linear` leaves out. */
  readonly isHead: boolean
  readonly hasBias: boolean
}

export interface EmbeddingSite {
  readonly kind: 'embedding'
  readonly module: string
  /** Rows of the table. */
  readonly count: number
  readonly width: number
  /** `token` tables are looked up by token id, `position` tables by position. */
  readonly of: 'token' | 'position'
}

export interface NormSite {
  readonly kind: 'norm'
  readonly module: string
  readonly layer: number | undefined
  readonly width: number
  readonly norm: 'layer' | 'rms'
  readonly epsilon: number
}

/**
 * The sequence of input vectors. Stage `tokens`: token vectors, before learned positions are added (virtual tokens enter
 * here). Stage `stream`: what the first block sees.
 */
export interface SequenceSite {
  readonly kind: 'sequence'
  readonly stage: 'tokens' | 'stream'
  /** Module that owns the blocks, such as `model` or `transformer`. */
  readonly module: string
  readonly width: number
}

/** Keys and values of one attention layer, after the rotation of positions. */
export interface KeyValueSite {
  readonly kind: 'key-value'
  readonly module: string
  readonly layer: number
  readonly heads: number
  readonly headSize: number
}

/** The inner activation of a feed-forward part, before its last projection. */
export interface HiddenSite {
  readonly kind: 'hidden'
  readonly module: string
  readonly layer: number
  readonly width: number
}

/** Where a sub-layer's output y joins the residual stream x. */
export interface BlockSite {
  readonly kind: 'block'
  /** The layer's module, such as `model.layers.3`. */
  readonly module: string
  readonly layer: number
  readonly part: 'attention' | 'feed-forward'
  readonly width: number
}

export type Site =
  | LinearSite
  | EmbeddingSite
  | NormSite
  | SequenceSite
  | KeyValueSite
  | HiddenSite
  | BlockSite

/** Prefix keys and values, [key/value heads, n, head size], seen by every query of the layer. */
export interface Prefix {
  readonly keys: Value
  readonly values: Value
}

/** What a model calls at each of its sites; a method changes what happens there. All activations are [tokens, width]. */
export interface Attachments {
  /** A parameter of the base by its Hugging Face name: frozen and mapped, or trained. */
  parameter(name: string, shape: readonly number[]): Value
  linear(site: LinearSite, x: Value): Value
  embedding(site: EmbeddingSite, at: Value): Value
  norm(site: NormSite, x: Value): Value
  sequence(site: SequenceSite, x: Value): Value
  prefix(site: KeyValueSite): Prefix | undefined
  hidden(site: HiddenSite, x: Value): Value
  /** The residual stream after the sub-layer. */
  block(site: BlockSite, x: Value, y: Value): Value
}
