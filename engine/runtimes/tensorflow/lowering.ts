/** How an operator is computed with TensorFlow.js: a function on its op API. Only types: nothing is loaded here. */
import type * as tfjs from '@tensorflow/tfjs-core'
import type { Attributes } from '../../graph/op.ts'
import type { Node } from '../../graph/value.ts'

/** The namespace of TensorFlow.js or of one of its packages: every one of them has the same op API. */
export type Tensorflow = typeof tfjs
export type Tensor = tfjs.Tensor

/**
 * The operator's results from its operands; an absent optional operand is undefined. float16 and bfloat16 are float32 here, int64
 * is int32. What is made on the way is disposed of by the caller; an operand may be returned as it is.
 */
export interface TensorflowRule<A extends Attributes = Attributes> {
  rule(tf: Tensorflow, inputs: readonly Tensor[], attributes: A, node: Node): Tensor | readonly Tensor[]
}

/** `unsupported`: using the operator on this runtime is an error when the graph is compiled. */
export type TensorflowLowering<A extends Attributes = Attributes> = TensorflowRule<A>['rule'] | 'unsupported'
