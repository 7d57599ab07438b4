/** The one shape of model input: examples laid out in rows of fixed length, and the places where a label is. */

/**
 * `rows × length` tokens with `labelSlots` places whose logits are computed.
 * All arrays over tokens are row-major [rows, length].
 */
export interface Batch {
  readonly rows: number
  readonly length: number
  readonly labelSlots: number
  /** Token ids; anything at virtual and padding places (0 by convention). */
  readonly inputIds: Int32Array
  /** Position ids; they restart at 0 with every example of a packed row (virtual tokens count). */
  readonly positions: Int32Array
  /** Which example of its row a token belongs to, from 1; 0 = padding. A query sees keys of its own segment only. */
  readonly segments: Int32Array
  /** Overrides `segments` on the key side where the two differ (padded Hugging Face batches); [rows, length]. */
  readonly keySegments?: Int32Array
  /** 0 = an ordinary token, i = the i-th virtual token (from 1) of a soft prompt. */
  readonly virtual: Int32Array
  /** Flat index row·length + column whose logits predict the label; [labelSlots]. */
  readonly labelPositions: Int32Array
  /** Token id to predict; [labelSlots]. */
  readonly labelIds: Int32Array
  /** 1 = counts, 0 = filler; [labelSlots]. */
  readonly labelWeights: Float32Array
  /** Labels that count (sum of labelWeights when they are 0/1). */
  readonly labelCount: number
  /** Real tokens, without padding and virtual ones. */
  readonly tokenCount: number
  readonly exampleCount: number
}
