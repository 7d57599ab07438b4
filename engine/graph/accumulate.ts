/** Sums of gradients: a fresh matrix product or scatter takes the rest along as the matrix it adds to. */
import { add } from '../ops/arithmetic.ts'
import { ScatterElements, ScatterND } from '../ops/gather.ts'
import { isZeros } from '../ops/layout.ts'
import { Gemm, type GemmAttributes } from '../ops/matmul.ts'
import { apply, nodeOf, type Value } from './value.ts'

/** A contribution to a gradient; `fresh` = made for this operand alone, so it may be rebuilt without doing work twice. */
export interface Part {
  readonly value: Value
  readonly fresh: boolean
}

/** Sum of values of one shape. */
export function accumulate(parts: readonly Part[]): Value {
  return parts.reduce((sum, part) => {
    const value = fused(part, sum.value) ?? fused(sum, part.value) ?? add(sum.value, part.value)
    return { value, fresh: false }
  }).value
}

/** `product` rebuilt so that it starts from `other`, where its operator allows that; undefined elsewhere. */
function fused(product: Part, other: Value): Value | undefined {
  const node = nodeOf(product.value)
  if (!product.fresh || node === undefined) return undefined
  const [a, b, c] = node.inputs
  if (node.op.name === Gemm.name && c === undefined)
    return apply(Gemm, [a, b, other], node.attributes as GemmAttributes, node.scope)[0]!
  const scatter = node.op.name === ScatterElements.name || node.op.name === ScatterND.name
  if (scatter && a !== undefined && isZeros(a))
    return apply(node.op, [other, b, c], node.attributes, node.scope)[0]!
  return undefined
}
