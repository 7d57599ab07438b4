/** The order in which a graph is computed, and after which node each of its values is let go. */
import { StudioError } from '../../errors.ts'
import { type Graph, reach, resultsOf } from '../../graph/graph.ts'
import { describe, type Node, nodeOf, type Value } from '../../graph/value.ts'
import { MatMul, product } from '../../ops/matmul.ts'
import type { TensorflowRule } from './lowering.ts'

export interface Step {
  readonly node: Node
  /** The node's operands, or those before a transposition that its rule takes over. */
  readonly inputs: readonly (Value | undefined)[]
  readonly rule: TensorflowRule['rule']
  /** Values that no later step reads; results of the graph are not among them. */
  readonly frees: readonly Value[]
}

export interface Schedule {
  readonly steps: readonly Step[]
  readonly leaves: readonly Value[]
}

/** @throws StudioError('unsupported') naming the operator that this runtime cannot execute */
export function schedule(graph: Graph): Schedule {
  const results = new Set(resultsOf(graph))
  const { nodes, leaves } = reach([...results])
  const lastUse = new Map<Value, Step>()
  const steps: Step[] = []
  // From the end, so that the first use seen is the last one, and what nobody reads is left out.
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((value) => lastUse.has(value) || results.has(value))) continue
    const frees: Value[] = []
    const step = { node, frees, ...(transposedProduct(node) ?? { inputs: node.inputs, rule: ruleOf(node) }) }
    for (const value of [...node.outputs, ...step.inputs]) {
      if (value?.source.kind !== 'result' || results.has(value) || lastUse.has(value)) continue
      lastUse.set(value, step)
      frees.push(value)
    }
    steps.push(step)
  }
  return { steps: steps.reverse(), leaves }
}

function ruleOf(node: Node): TensorflowRule['rule'] {
  const lowering = node.op.lowering.tensorflow
  if (lowering !== 'unsupported') return lowering
  throw new StudioError(
    'unsupported',
    `The operator ${node.op.name} has no form on TensorFlow (${node.outputs.map(describe).join(', ')}).`,
    'Choose another device or method.',
  )
}

/** A product reads a matrix that is transposed before it just as well in its first form. */
function transposedProduct(node: Node): Pick<Step, 'inputs' | 'rule'> | undefined {
  if (node.op.name !== MatMul.name) return undefined
  const before = node.inputs.map((value) => value && untransposed(value))
  if (before.every((value) => value === undefined)) return undefined
  const [first, second] = before.map((value) => value !== undefined) as [boolean, boolean]
  return {
    inputs: node.inputs.map((value, i) => before[i] ?? value),
    rule: (tf, [a, b], _, { outputs }) => product(tf, a!, b!, outputs[0]!.shape, first, second),
  }
}

/** What a value is with its last two axes exchanged, where it is made by exchanging them. */
function untransposed(value: Value): Value | undefined {
  const node = nodeOf(value)
  if (node?.op.name !== 'Transpose') return undefined
  const perm = node.attributes.perm as readonly number[]
  const n = perm.length
  const swaps = perm.every((p, i) => p === (i < n - 2 ? i : i === n - 2 ? n - 1 : n - 2))
  return swaps ? node.inputs[0] : undefined
}
