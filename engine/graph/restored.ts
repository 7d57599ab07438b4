/** Frozen weights that are stored in fewer bits: where they are read, a node makes float32 of them for that use alone. */
import { apply, nodeOf, type Value } from './value.ts'

/** Whether a value is a frozen tensor of a file brought to float32. */
export function isRestored(value: Value): boolean {
  const operands = nodeOf(value)?.inputs.filter((v) => v !== undefined)
  if (operands === undefined || value.dtype !== 'float32' || operands[0]?.dtype === 'float32') return false
  return operands.every((v) => v.source.kind === 'weight')
}

/**
 * The same value for another use: a restored weight is restored once more, so that its float32 form lives no longer than one
 * use; anything else is the value itself.
 */
export function forAnotherUse(value: Value): Value {
  const node = isRestored(value) ? nodeOf(value) : undefined
  return node === undefined ? value : apply(node.op, node.inputs, node.attributes)[0]!
}
