/** A static estimate of the memory a graph needs, by parts, from shapes and lifetimes alone. */
import { arrangedWeights, arranges, restoresWeights } from './arranged-weights.ts'
import { type Graph, reach, resultsOf } from './graph.ts'
import { byteLength } from './host-tensor.ts'
import type { FileRegion, Node, Value } from './value.ts'

/** What a state is kept for. */
export type StateKind = 'trained' | 'optimizer' | 'gradients' | 'otherStates'

/**
 * Bytes by parts. Not counted: the runtime itself and its compiled kernels, the scratch memory of single operators (matrix
 * kernels, softmax), gaps that an allocator leaves between tensors, and reuse of an operand's buffer for the result of an
 * element-by-element operator. A runtime may order nodes otherwise. On ONNX Runtime (memory pattern off) the measured peak of
 * intermediate results was 12 to 45 % above this one.
 */
export interface MemoryEstimate {
  /** Frozen tensors mapped from files, each region once. */
  readonly weights: number
  /** Rearranged copies of frozen right operands of the forward pass's matrix products, one per tensor and layout, where the profile has them. */
  readonly packedWeights: number
  readonly trained: number
  readonly optimizer: number
  /** Sums of gradients over micro batches. */
  readonly gradients: number
  readonly otherStates: number
  /** New values of states, written beside the old ones. */
  readonly updates: number
  readonly constants: number
  /** What the caller feeds. */
  readonly inputs: number
  /** Results alive at the same time, at most; results of the graph stay alive to its end. */
  readonly activations: number
}

/** Operators whose result is their first operand's memory under another shape. */
const views = new Set(['Reshape', 'Identity'])

export interface MemoryOptions {
  /** What a state of this name is kept for; left out: none is told apart. */
  readonly kindOf?: (state: string) => StateKind
  /** Default: `fast`. */
  readonly profile?: 'fast' | 'low-memory'
}

export function estimateMemory(graph: Graph, options: MemoryOptions = {}): MemoryEstimate {
  const { kindOf = () => 'otherStates', profile = 'fast' } = options
  const { nodes, leaves } = reach(resultsOf(graph))
  const parts = { trained: 0, optimizer: 0, gradients: 0, otherStates: 0, constants: 0, inputs: 0 }
  const regions: FileRegion[] = []
  // A state may be replaced without being read.
  for (const leaf of new Set([...leaves, ...graph.updates.map((u) => u.state)])) {
    const source = leaf.source
    if (source.kind === 'weight') regions.push(source.region)
    else if (source.kind === 'constant') parts.constants += byteLength(leaf)
    else if (source.kind === 'input') parts.inputs += byteLength(leaf)
    else if (source.kind === 'state') parts[kindOf(source.name)] += byteLength(leaf)
  }
  return {
    weights: coveredBytes(regions),
    packedWeights: arranges(profile, restoresWeights(nodes)) ? packedWeights(nodes) : 0,
    ...parts,
    updates: sum(graph.updates.map((u) => byteLength(u.state))),
    activations: peakOfResults(graph, nodes),
  }
}

/** All parts together. */
export const totalBytes = (memory: MemoryEstimate): number => sum(Object.values(memory))

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

function regionOf(leaf: Value): string {
  if (leaf.source.kind !== 'weight') return ''
  return `${leaf.source.region.path}:${leaf.source.region.offset}`
}

/** Bytes of files that at least one region covers. */
function coveredBytes(regions: readonly FileRegion[]): number {
  const inOrder = [...regions].sort((a, b) =>
    a.path === b.path ? a.offset - b.offset : a.path < b.path ? -1 : 1,
  )
  let [covered, path, end] = [0, '', 0]
  for (const region of inOrder) {
    const from = region.path === path ? Math.max(end, region.offset) : region.offset
    const to = Math.max(from, region.offset + region.bytes)
    covered += to - from
    ;[path, end] = [region.path, to]
  }
  return covered
}

function packedWeights(nodes: readonly Node[]): number {
  const copies = new Map<string, number>()
  const isArranged = arrangedWeights(nodes)
  for (const node of nodes)
    for (const value of node.inputs)
      if (value && isArranged(node, value))
        copies.set(`${regionOf(value)} ${node.attributes.transB ?? 0}`, byteLength(value))
  return sum([...copies.values()])
}

/** Greatest sum of live results over the nodes in order: a buffer lives from the node that makes it to its last use. */
function peakOfResults(graph: Graph, nodes: readonly Node[]): number {
  // Results that replace a state are written into its spare buffer, which is counted as an update.
  const elsewhere = new Set(graph.updates.map((u) => u.value.id))
  const bufferOf = new Map<number, number>()
  const lastUse = new Map<number, number>()
  const sizes = new Map<number, number>()
  nodes.forEach((node, at) => {
    const use = (v: Value | undefined) => v && bufferOf.has(v.id) && lastUse.set(bufferOf.get(v.id)!, at)
    node.inputs.forEach(use)
    const [first] = node.inputs
    for (const v of node.outputs) {
      const view = first !== undefined && views.has(node.op.name)
      const buffer = view ? bufferOf.get(first.id) : v.id
      if (buffer === undefined || elsewhere.has(v.id)) continue
      bufferOf.set(v.id, buffer)
      if (!view) sizes.set(buffer, byteLength(v))
      lastUse.set(buffer, at)
    }
  })
  for (const v of Object.values(graph.outputs)) {
    const buffer = bufferOf.get(v.id)
    if (buffer !== undefined) lastUse.set(buffer, nodes.length)
  }
  const freed = new Map<number, number>()
  for (const [buffer, at] of lastUse) freed.set(at, (freed.get(at) ?? 0) + sizes.get(buffer)!)
  let [live, peak] = [0, 0]
  nodes.forEach((node, at) => {
    live += sum(node.outputs.map((v) => (bufferOf.get(v.id) === v.id ? sizes.get(v.id)! : 0)))
    peak = Math.max(peak, live)
    live -= freed.get(at) ?? 0
  })
  return peak
}
