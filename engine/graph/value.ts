/** Immutable nodes of the graph: every value knows its element type, its static shape and where it comes from. */
import type { DType, HostTensor } from './host-tensor.ts'
import type { Attributes, Op } from './op.ts'

/** Element type and static shape of a value. */
export interface TensorType {
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** A tensor stored in a file: `bytes` bytes at `offset` of `path`, row-major. */
export interface FileRegion {
  readonly path: string
  readonly offset: number
  readonly bytes: number
}

/** One result of a node, or a leaf. */
export interface Value extends TensorType {
  readonly id: number
  readonly source: Source
}

/** Fed by the caller at every run. */
export interface InputSource {
  readonly kind: 'input'
  readonly name: string
}

/** Lives on the device from run to run: trained tensors, optimiser state, caches. */
export interface StateSource {
  readonly kind: 'state'
  readonly name: string
}

/** A frozen tensor mapped from a file, never copied by us. */
export interface WeightSource {
  readonly kind: 'weight'
  readonly name: string
  readonly region: FileRegion
}

/** A small tensor that is part of the graph. */
export interface ConstantSource {
  readonly kind: 'constant'
  readonly tensor: HostTensor
}

/** The `index`-th result of an operator. */
export interface ResultSource {
  readonly kind: 'result'
  readonly node: Node
  readonly index: number
}

export type LeafSource = InputSource | StateSource | WeightSource | ConstantSource
export type Source = LeafSource | ResultSource

/** An application of an ONNX operator; an absent optional input is `undefined`. */
export interface Node {
  readonly id: number
  readonly op: Op
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Attributes
  readonly outputs: readonly Value[]
  /** Part of the model it belongs to, such as `layers.3`: the unit of recomputation and the label in dumps. */
  readonly scope: string
}

let lastId = 0
let currentScope = ''

/** Labels every node that `build` makes as `part` of the present scope: `layers.3` becomes `layers.3/attend`. */
export function inPart<T>(part: string, build: () => T): T {
  return inScope(currentScope === '' ? part : `${currentScope}/${part}`, build)
}

/** Number of the node or value made last; numbers only grow. */
export const latestId = (): number => lastId

/** Labels every node that `build` makes with `scope`. */
export function inScope<T>(scope: string, build: () => T): T {
  const before = currentScope
  currentScope = scope
  try {
    return build()
  } finally {
    currentScope = before
  }
}

function leaf(source: LeafSource, type: TensorType): Value {
  return { id: ++lastId, source, dtype: type.dtype, shape: type.shape }
}

/** A tensor that the caller feeds at every run. */
export function input(name: string, type: TensorType): Value {
  return leaf({ kind: 'input', name }, type)
}

/** A tensor that stays on the device between runs; see `Graph.updates`. */
export function state(name: string, type: TensorType): Value {
  return leaf({ kind: 'state', name }, type)
}

/** A frozen tensor of a file, as it is stored there. */
export function weight(
  name: string,
  shape: readonly number[],
  region: FileRegion,
  dtype: DType = 'float32',
): Value {
  return leaf({ kind: 'weight', name, region }, { dtype, shape })
}

/** The bytes of a frozen tensor or constant read as another type and shape of the same length. */
export function viewAs(value: Value, type: TensorType): Value {
  const { source } = value
  if (source.kind === 'weight') return leaf(source, type)
  if (source.kind === 'constant') return constant({ ...type, data: source.tensor.data })
  throw new Error('only stored tensors can be read as another type')
}

/** Rows `from` to `to` (not included) of a frozen tensor, read in place; they begin and end at whole bytes. */
export function rowsOf(value: Value, from: number, to: number): Value {
  const { source, dtype, shape } = value
  if (source.kind !== 'weight') throw new Error('only a tensor of a file has rows to be read in place')
  const { path, offset, bytes } = source.region
  const [first, last] = [from, to].map((row) => (bytes * row) / shape[0]!) as [number, number]
  const region = { path, offset: offset + first, bytes: last - first }
  return leaf({ ...source, region }, { dtype, shape: [to - from, ...shape.slice(1)] })
}

/** A tensor stored in the graph itself. */
export function constant(tensor: HostTensor): Value {
  return leaf({ kind: 'constant', tensor }, tensor)
}

const scalars = new Map<number, Value>()

/** A float32 constant of shape []. */
export function scalar(x: number): Value {
  const known = scalars.get(x)
  if (known !== undefined && !Object.is(x, -0)) return known
  const made = constant({ dtype: 'float32', shape: [], data: Float32Array.of(x) })
  if (!Object.is(x, -0)) scalars.set(x, made)
  return made
}

/** An int64 constant; a plain number gives shape [], a list shape [n]. */
export function int64(x: number | readonly number[]): Value {
  const list = typeof x === 'number' ? [x] : x
  return constant({
    dtype: 'int64',
    shape: typeof x === 'number' ? [] : [list.length],
    data: BigInt64Array.from(list, BigInt),
  })
}

/** Applies an operator: infers the result types (throws where the operands do not fit) and makes the node. */
export function apply<A extends Attributes>(
  op: Op<A>,
  inputs: readonly (Value | undefined)[],
  attributes: A,
  scope: string = currentScope,
): readonly Value[] {
  const types = op.infer(inputs, attributes)
  const outputs: Value[] = []
  const node: Node = { id: ++lastId, op: op as Op, inputs, attributes, outputs, scope }
  types.forEach((type, index) => {
    outputs.push({
      id: ++lastId,
      source: { kind: 'result', node, index },
      dtype: type.dtype,
      shape: type.shape,
    })
  })
  return outputs
}

/** The node a value is a result of, if it is one. */
export function nodeOf(value: Value): Node | undefined {
  return value.source.kind === 'result' ? value.source.node : undefined
}

/** `name[2,3] float32` for messages. */
export function describe(value: Value): string {
  const s = value.source
  const name =
    s.kind === 'result' ? `${s.node.op.name}#${s.node.id}` : s.kind === 'constant' ? 'constant' : s.name
  return `${name}[${value.shape.join(',')}] ${value.dtype}`
}
