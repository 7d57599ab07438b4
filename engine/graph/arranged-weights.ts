/** Which frozen weights are kept a second time, rearranged for the matrix kernels. */
import { sizeOf } from './host-tensor.ts'
import { isRestored } from './restored.ts'
import type { Node, Value } from './value.ts'

/** Smaller matrices stay in the processor's cache while they are read: rearranging them on the way is cheap. */
const SMALLEST_BYTES = 4 * 2 ** 20

/**
 * Only the forward pass's large products are worth a copy. The gradient reads weights where they are mapped, and so does what
 * multiplies by a table of embeddings, whose own form is needed anyway. A product with 4-bit weights always is: without the
 * copy, which is as small, its kernel takes twice the time.
 */
export function arrangedWeights(nodes: readonly Node[]): (node: Node, value: Value) => boolean {
  const tables = new Set(nodes.map((node) => (node.op.name === 'Gather' ? node.inputs[0]?.id : undefined)))
  const isLarge = (node: Node, value: Value) =>
    (node.op.name === 'MatMul' || node.op.name === 'Gemm') &&
    value === node.inputs[1] &&
    !node.scope.endsWith('/gradient') &&
    !tables.has(value.id) &&
    4 * sizeOf(value.shape) >= SMALLEST_BYTES
  return (node, value) =>
    value.source.kind === 'weight' && (node.op.name === 'MatMulNBits' || isLarge(node, value))
}

/** Whether weights are stored in fewer bits and restored where they are read. */
export const restoresWeights = (nodes: readonly Node[]): boolean =>
  nodes.some((node) => node.outputs.some(isRestored))

/**
 * Whether those copies are made. The low-memory profile reads weights where they are mapped; of weights in 4 bits only the
 * arranged form is fast, and no larger.
 */
export const arranges = (profile: 'fast' | 'low-memory', restores: boolean): boolean =>
  profile === 'fast' || restores
