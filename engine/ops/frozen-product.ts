/** Products with frozen weights that are stored in fewer bits: read in place, or in pieces that take little room as float32. */
import { sizeOf } from '../graph/host-tensor.ts'
import { isRestored } from '../graph/restored.ts'
import { nodeOf, rowsOf, type Value } from '../graph/value.ts'
import { add } from './arithmetic.ts'
import { cast } from './cast.ts'
import { concat, slice } from './layout.ts'
import { gemm } from './matmul.ts'
import { DequantizeLinear, dequantize, quantizedProduct } from './quantized.ts'

/** Elements of a weight that are float32 at the same time, at most (64 MiB): a head over a large vocabulary has ten times more. */
const MOST_ELEMENTS = 2 ** 24

/** Rows of a piece are a multiple of this, so that it begins at a whole byte whatever the element type. */
const ROW_STEP = 64

/**
 * x·W + c or, with `transposed`, x·Wᵀ + c for a restored weight.
 * @param c [m, n], [n] or left out
 * @param most elements of W that may be float32 at the same time
 * @returns undefined where an ordinary product is just as well
 */
export function frozenProduct(
  x: Value,
  weight: Value,
  transposed: boolean,
  c: Value | undefined,
  most = MOST_ELEMENTS,
): Value | undefined {
  if (!isRestored(weight) || weight.shape.length !== 2) return undefined
  if (sizeOf(weight.shape) > most) return inPieces(x, weight, transposed, c, most)
  const node = nodeOf(weight)!
  if (!transposed || node.op.name !== DequantizeLinear.name) return undefined
  const [integers, factors, zeroPoints] = node.inputs as [Value, Value, Value]
  const isBias = c?.shape.length === 1 && c.shape[0] === weight.shape[0]
  const y = quantizedProduct(x, { integers, factors, zeroPoints }, isBias ? c : undefined)
  return y === undefined || c === undefined || isBias ? y : add(y, c)
}

/** Rows of W are outputs of x·Wᵀ, which are put side by side, and inputs of x·W, whose products are added up. */
function inPieces(
  x: Value,
  weight: Value,
  transposed: boolean,
  c: Value | undefined,
  most: number,
): Value | undefined {
  const [rows, width] = weight.shape as [number, number]
  const size = Math.floor(most / width / ROW_STEP) * ROW_STEP
  if (size === 0) return undefined
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, i) => i * size)
  const pieces = starts.map((from) => ({ from, to: Math.min(rows, from + size) }))
  if (!transposed)
    return pieces.reduce<Value | undefined>(
      (sum, { from, to }) => gemm(slice(x, 1, from, to), restoredRows(weight, from, to), { c: sum }),
      c,
    )
  const products = pieces.map(({ from, to }) => gemm(x, restoredRows(weight, from, to), { transB: 1 }))
  const y = concat(products, 1)
  return c === undefined ? y : add(y, c)
}

/** Some rows of a restored weight, restored alone. */
function restoredRows(weight: Value, from: number, to: number): Value {
  const node = nodeOf(weight)!
  const [stored, factors, zeroPoints] = node.inputs.map((v) => rowsOf(v!, from, to))
  return node.op.name === DequantizeLinear.name
    ? dequantize({ integers: stored!, factors: factors!, zeroPoints: zeroPoints! })
    : cast(stored!, 'float32')
}
