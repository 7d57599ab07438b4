/** A graph: named results to read back and states to replace, with the nodes they need in topological order. */
import type { Node, Value } from './value.ts'

export interface StateUpdate {
  /** The `state` leaf. */
  readonly state: Value
  /** Its value after the run; same type. */
  readonly value: Value
}

export interface Graph {
  /** Results that the caller reads. */
  readonly outputs: Readonly<Record<string, Value>>
  /** States replaced by a run. */
  readonly updates: readonly StateUpdate[]
}

/** Values a graph must compute, outputs first. */
export function resultsOf(graph: Graph): Value[] {
  return [...Object.values(graph.outputs), ...graph.updates.map((u) => u.value)]
}

/** Everything reachable from `results`: nodes in topological order (dead code left out) and leaves in order of first use. */
export function reach(results: readonly Value[]): { nodes: Node[]; leaves: Value[] } {
  const nodes: Node[] = []
  const leaves: Value[] = []
  const seen = new Set<number>()
  const stack: { value: Value; node?: Node }[] = []
  for (const result of [...results].reverse()) stack.push({ value: result })
  while (stack.length > 0) {
    const { value, node } = stack.pop()!
    if (node !== undefined) {
      nodes.push(node)
      continue
    }
    const source = value.source
    if (source.kind !== 'result') {
      if (!seen.has(value.id)) {
        seen.add(value.id)
        leaves.push(value)
      }
      continue
    }
    if (seen.has(source.node.id)) continue
    seen.add(source.node.id)
    stack.push({ value, node: source.node })
    for (const operand of [...source.node.inputs].reverse()) if (operand) stack.push({ value: operand })
  }
  return { nodes: byId(nodes), leaves }
}

/** Nodes are numbered as they are made, so ascending ids are a topological order that follows the way the model was written. */
function byId(nodes: Node[]): Node[] {
  return nodes.sort((a, b) => a.id - b.id)
}
