/** Activation checkpointing: what a block computed in the forward pass is computed again where its gradient needs it. */

import { sub } from '../ops/arithmetic.ts'
import { cast } from '../ops/cast.ts'
import { greater, or } from '../ops/compare.ts'
import { concat, reshape, slice } from '../ops/layout.ts'
import { reduceMax } from '../ops/reduce.ts'
import { type Graph, reach, resultsOf } from './graph.ts'
import { sizeOf } from './host-tensor.ts'
import { forAnotherUse, isRestored } from './restored.ts'
import { apply, inScope, type Node, scalar, type Value } from './value.ts'

/** Name of the block that a scope belongs to; undefined = its results are kept. */
export type BlockOf = (scope: string) => string | undefined

/** Every layer is a block of its own: `layers.3`, `h.3`, with the parts inside. */
export const layerBlocks: BlockOf = (scope) =>
  /\/(gradient|recompute)$/.test(scope) ? undefined : /^\w+\.\d+(?=\/|$)/.exec(scope)?.[0]

/** Scores and weights of attention alone: cheap to compute again, and the largest thing a layer keeps. */
export const attentionBlocks: BlockOf = (scope) => (scope.endsWith('/attend') ? scope : undefined)

const GRADIENT = '/gradient'

/**
 * The same graph, in which the gradient of a block reads copies of the block's nodes instead of their first results, so that
 * between the two passes only the values that enter a block are alive.
 *
 * A plain copy would be merged with its original by a runtime's common-subexpression elimination, or run long before it is
 * needed. So every copy depends on all that the gradient pass has produced until then (`flagAfter`), through a subtraction of
 * zero from one value that enters the block: not a bit of the results changes, whatever the gradients are.
 */
export function recompute(graph: Graph, blockOf: BlockOf = layerBlocks): Graph {
  const { nodes } = reach(resultsOf(graph))
  const uses = lastUses(graph, nodes)
  const rebuilt = new Map<number, Value>()
  const replays = new Map<string, ReadonlyMap<number, Value>>()
  const now = (value: Value): Value => rebuilt.get(value.id) ?? value
  let boundary = 0

  for (const node of nodes) {
    const block = isGradient(node) ? blockOf(node.scope.slice(0, -GRADIENT.length)) : undefined
    if (block !== undefined && !replays.has(block)) {
      const produced = nodes
        .filter((n) => isGradient(n) && n.id >= boundary && n.id < node.id)
        .flatMap((n) => n.outputs)
        .filter((v) => v.dtype === 'float32' && (uses.get(v.id) ?? 0) >= node.id)
      const copies = produced.length === 0 ? [] : neededForward(nodes, block, blockOf)
      replays.set(
        block,
        inScope(`${block}/recompute`, () => replay(copies, () => flagAfter(produced.map(now)))),
      )
      boundary = node.id
    }
    const local = block === undefined ? undefined : replays.get(block)
    const inputs = node.inputs.map((v) => v && (local?.get(v.id) ?? now(v)))
    if (inputs.every((v, i) => v === node.inputs[i])) continue
    // A weight is restored where it is read, not where the node that is replaced was.
    const fresh = inScope(node.scope, () => inputs.map((v) => v && forAnotherUse(v)))
    const outputs = apply(node.op, fresh, node.attributes, node.scope)
    node.outputs.forEach((old, i) => {
      rebuilt.set(old.id, outputs[i]!)
    })
  }
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, now(value)])),
    updates: graph.updates.map(({ state, value }) => ({ state, value: now(value) })),
  }
}

const isGradient = (node: Node): boolean => node.scope.endsWith(GRADIENT)

/** Number of the last node that uses a value; infinite for results of the graph. */
function lastUses(graph: Graph, nodes: readonly Node[]): Map<number, number> {
  const uses = new Map<number, number>()
  for (const node of nodes) for (const v of node.inputs) if (v) uses.set(v.id, node.id)
  for (const v of resultsOf(graph)) uses.set(v.id, Number.POSITIVE_INFINITY)
  return uses
}

/** Forward nodes of a block that its gradient depends on, in topological order. */
function neededForward(nodes: readonly Node[], block: string, blockOf: BlockOf): Node[] {
  const wanted = new Set<number>()
  const want = (node: Node) => {
    for (const v of node.inputs) if (v) wanted.add(v.id)
  }
  for (const node of nodes)
    if (isGradient(node) && blockOf(node.scope.slice(0, -GRADIENT.length)) === block) want(node)
  const needed: Node[] = []
  for (const node of [...nodes].reverse()) {
    if (blockOf(node.scope) !== block || !node.outputs.some((v) => wanted.has(v.id))) continue
    needed.unshift(node)
    want(node)
  }
  return needed
}

/**
 * Copies of `nodes` by the ids of the values they replace, each tied to the flag. Gated operands are listed too, so that the
 * gradient reads the gated value and the runtime may reuse the memory of the one that entered.
 */
function replay(nodes: readonly Node[], makeFlag: () => Value): Map<number, Value> {
  const local = new Map<number, Value>()
  const fixed = new Set<number>()
  let flag: Value | undefined
  for (const node of nodes) {
    // A copy of a restored weight depends on nothing, so it ties its reader to nothing.
    const isTied = node.inputs.some((v) => v !== undefined && local.has(v.id) && !fixed.has(v.id))
    if (!isTied) {
      const operand = smallest(node.inputs.filter((v) => v !== undefined && varies(v) && !fixed.has(v.id)))
      if (operand === undefined) {
        // Computed from frozen tensors alone: kept, except a weight whose float32 form would take the room of many results.
        for (const v of node.outputs) {
          fixed.add(v.id)
          if (isRestored(v)) local.set(v.id, forAnotherUse(v))
        }
        continue
      }
      flag ??= makeFlag()
      local.set(operand.id, gate(operand, flag))
    }
    const inputs = node.inputs.map((v) => v && (local.get(v.id) ?? v))
    const outputs = apply(node.op, inputs, node.attributes)
    node.outputs.forEach((old, i) => {
      local.set(old.id, outputs[i]!)
    })
  }
  return local
}

const varies = ({ source }: Value): boolean => source.kind !== 'weight' && source.kind !== 'constant'

function smallest(values: readonly (Value | undefined)[]): Value | undefined {
  return values.reduce(
    (best, v) => (v && (best === undefined || sizeOf(v.shape) < sizeOf(best.shape)) ? v : best),
    undefined,
  )
}

/** A truth value, shape [], that is always false and known only when all of `values` are: is any element infinitely exceeded? */
function flagAfter(values: readonly Value[]): Value {
  const firsts = values.map((v) => slice(reshape(v, [sizeOf(v.shape)]), 0, 0, 1))
  return greater(reduceMax(concat(firsts, 0), [0], 0), scalar(Number.POSITIVE_INFINITY))
}

/** x itself, but not before the flag. Subtracting +0 keeps every bit, the sign of −0 included. */
function gate(x: Value, flag: Value): Value {
  return x.dtype === 'bool' ? or(x, flag) : sub(x, cast(flag, x.dtype))
}
