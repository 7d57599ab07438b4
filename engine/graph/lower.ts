/** Rewrites a graph for a device: leaves and operators that it does not have become others that mean the same. */
import { type Graph, reach, resultsOf } from './graph.ts'
import { apply, inScope, type Node, type Value } from './value.ts'

/** What is replaced; undefined = stays as it is. */
export interface LoweringRules {
  readonly leaf?: (leaf: Value) => Value | undefined
  /** Sees a node whose operands are rewritten already; what it returns must be made of operators that the device has. */
  readonly node?: (node: Node) => readonly Value[] | undefined
}

/** The same graph with the rules applied once everywhere; what depends on something replaced is made again, in order. */
export function lower(graph: Graph, { leaf, node: rule }: LoweringRules): Graph {
  const { nodes, leaves } = reach(resultsOf(graph))
  const rebuilt = new Map<number, Value>()
  const now = (value: Value): Value => rebuilt.get(value.id) ?? value
  for (const value of leaves) {
    const other = leaf?.(value)
    if (other !== undefined) rebuilt.set(value.id, other)
  }
  for (const node of nodes) {
    const inputs = node.inputs.map((v) => v && now(v))
    const other = inScope(node.scope, () => rule?.({ ...node, inputs }))
    if (other === undefined && inputs.every((v, i) => v === node.inputs[i])) continue
    const outputs = other ?? apply(node.op, inputs, node.attributes, node.scope)
    node.outputs.forEach((old, i) => {
      rebuilt.set(old.id, outputs[i]!)
    })
  }
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, now(value)])),
    updates: graph.updates.map(({ state, value }) => ({ state, value: now(value) })),
  }
}
