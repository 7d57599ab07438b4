/** Rows of the token embedding that are trained in full, and the places where they replace the frozen ones. */
import { constant, type Value } from '../graph/value.ts'
import { stopGradient } from '../ops/cast.ts'
import { equal, greater, where } from '../ops/compare.ts'
import { gather, scatterElementsAdd } from '../ops/gather.ts'
import { expand, reshape } from '../ops/layout.ts'
import { gemm } from '../ops/matmul.ts'

type TokenIndices = readonly number[] | Readonly<Record<string, readonly number[]>> | null | undefined

/** Token ids trained at a module: a list belongs to the input embedding, a map names its modules. */
export function trainedTokens(
  indices: TokenIndices,
  module: string,
  embedding: string,
): readonly number[] | undefined {
  if (indices == null) return undefined
  if (Array.isArray(indices)) return module === embedding ? indices : undefined
  return Object.entries(indices).find(([name]) => module === name || module.endsWith(`.${name}`))?.[1]
}

export const int32Constant = (values: readonly number[] | Int32Array): Value =>
  constant({ dtype: 'int32', shape: [values.length], data: Int32Array.from(values) })

/** Rows of `y` whose token is one of `ids` come from `rows` instead. */
export function replaceRows(y: Value, at: Value, ids: readonly number[], rows: Value, count: number): Value {
  const table = new Int32Array(count)
  ids.forEach((id, i) => {
    table[id] = i + 1
  })
  const found = gather(int32Constant(table), at)
  const hit = greater(found, constant({ dtype: 'int32', shape: [], data: Int32Array.of(0) }))
  const row = gather(int32Constant(table.map((i) => Math.max(0, i - 1))), at)
  return where(reshape(hit, [y.shape[0]!, 1]), gather(rows, row), y)
}

/** Adds x·changeᵀ to the columns `ids` of the logits. */
export function replaceColumns(logits: Value, x: Value, ids: readonly number[], change: Value): Value {
  const at = expand(reshape(int32Constant(ids), [1, ids.length]), [logits.shape[0]!, ids.length])
  return scatterElementsAdd(logits, at, gemm(x, change, { transB: 1 }), 1)
}

/** `value`, with no gradient where the token is the padding token. */
export function withoutGradientAt(at: Value, padding: number, value: Value): Value {
  const isPadding = equal(at, constant({ dtype: 'int32', shape: [], data: Int32Array.of(padding) }))
  return where(reshape(isPadding, [at.shape[0]!, 1]), stopGradient(value), value)
}
