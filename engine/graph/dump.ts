/** A graph as text for reading and comparing: leaves first, then every node grouped by scope, then what it gives back. */
import { type Graph, reach, resultsOf } from './graph.ts'
import type { Attribute } from './op.ts'
import type { Node, TensorType, Value } from './value.ts'

/**
 * One line per value or node:
 * ```
 * %3 = Gemm(%1, %2) {transA: 0, transB: 1, alpha: 1, beta: 1} → float32[4,8]
 * ```
 * Numbers count from 1 in the order of the text, so two builds of the same graph give the same text.
 */
export function dump(graph: Graph): string {
  const { nodes, leaves } = reach(resultsOf(graph))
  const names = new Map<number, string>()
  const name = (value: Value): string => {
    const known = names.get(value.id)
    if (known !== undefined) return known
    const made = `%${names.size + 1}`
    names.set(value.id, made)
    return made
  }
  const lines: string[] = ['leaves']
  for (const leaf of leaves) lines.push(`  ${name(leaf)} = ${leafText(leaf)}`)
  let scope: string | undefined
  for (const node of nodes) {
    if (node.scope !== scope) lines.push(node.scope === '' ? '(no scope)' : node.scope)
    scope = node.scope
    lines.push(`  ${nodeText(node, name)}`)
  }
  lines.push('results')
  for (const [key, value] of Object.entries(graph.outputs)) lines.push(`  ${key} = ${name(value)}`)
  for (const { state, value } of graph.updates)
    lines.push(`  ${state.source.kind === 'state' ? state.source.name : '?'} ← ${name(value)}`)
  lines.push(summary(nodes, leaves))
  return `${lines.join('\n')}\n`
}

const typeText = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(',')}]`

function leafText(leaf: Value): string {
  const source = leaf.source
  const type = typeText(leaf)
  if (source.kind === 'result') return type
  if (source.kind !== 'constant') return `${source.kind} ${source.name} ${type}`
  const shown = Array.from(source.tensor.data.subarray(0, 6), String).join(', ')
  return `constant ${type} {${shown}${source.tensor.data.length > 6 ? ', …' : ''}}`
}

function nodeText(node: Node, name: (value: Value) => string): string {
  const inputs = node.inputs.map((v) => (v ? name(v) : '-')).join(', ')
  const attributes = Object.entries(node.attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${attributeText(value)}`],
  )
  const shown = attributes.length === 0 ? '' : ` {${attributes.join(', ')}}`
  const outputs = node.outputs.map(name).join(', ')
  return `${outputs} = ${node.op.name}(${inputs})${shown} → ${node.outputs.map(typeText).join(', ')}`
}

function attributeText(value: Attribute): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return String(value)
  return 'float' in value ? String(value.float) : `[${value.join(',')}]`
}

/** `12 nodes, 5 leaves: Add 3, Gemm 9` */
function summary(nodes: readonly Node[], leaves: readonly Value[]): string {
  const counts = new Map<string, number>()
  for (const { op } of nodes) counts.set(op.name, (counts.get(op.name) ?? 0) + 1)
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, n]) => `${op} ${n}`)
  return `${nodes.length} nodes, ${leaves.length} leaves: ${sorted.join(', ')}`
}
