/** Shape arithmetic shared by the operators' rules: ONNX broadcasting, axes, constants read at build time. */
import type { Value } from '../graph/value.ts'

export type Shape = readonly number[]

/** Result of ONNX (NumPy) broadcasting; throws where the shapes do not fit. */
export function broadcast(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x !== y && x !== 1 && y !== 1) throw new Error(`shapes [${a}] and [${b}] do not broadcast`)
    return x === 1 ? y : x
  })
}

/** Axis counted from the front; throws where it is out of range. */
export function axisOf(axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis
  if (a < 0 || a >= rank) throw new Error(`axis ${axis} is out of range for rank ${rank}`)
  return a
}

/** Distance of neighbours along each axis in a row-major tensor. */
export function strides(shape: Shape): number[] {
  const steps = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!
  return steps
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i])
}

/** Integers of a constant operand (axes, shapes, starts …), which must be known when the graph is built. */
export function constantInts(value: Value | undefined): number[] {
  if (value?.source.kind !== 'constant' || value.dtype !== 'int64')
    throw new Error('expected a constant int64 operand')
  return Array.from(value.source.tensor.data as BigInt64Array, Number)
}

/** The operand at `index`, which the operator requires. */
export function operand(inputs: readonly (Value | undefined)[], index: number): Value {
  const value = inputs[index]
  if (value === undefined) throw new Error(`operand ${index} is missing`)
  return value
}
