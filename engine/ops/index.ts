/** The registry of operators: every graph is made of these, and one test loops over them. */

import type { Op } from '../graph/op.ts'
import * as activation from './activation.ts'
import * as arithmetic from './arithmetic.ts'
import * as cast from './cast.ts'
import * as compare from './compare.ts'
import * as gather from './gather.ts'
import * as layout from './layout.ts'
import * as math from './math.ts'
import * as matmul from './matmul.ts'
import * as normalization from './normalization.ts'
import * as quantized from './quantized.ts'
import * as quantizedRows from './quantized-rows.ts'
import * as reduce from './reduce.ts'
import * as rotary from './rotary.ts'

const families = {
  activation,
  arithmetic,
  cast,
  compare,
  gather,
  layout,
  math,
  matmul,
  normalization,
  quantized,
  quantizedRows,
  reduce,
  rotary,
}

function isOp(entry: unknown): entry is Op {
  return typeof entry === 'object' && entry !== null && 'infer' in entry && 'samples' in entry
}

/** Every operator by its ONNX name; an exported entry of a family file is registered by existing. */
export const ops: ReadonlyMap<string, Op> = new Map(
  Object.values(families)
    .flatMap((family) => Object.values<unknown>(family).filter(isOp))
    .map((op) => [op.name, op]),
)
