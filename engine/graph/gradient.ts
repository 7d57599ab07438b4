/** Reverse-mode differentiation: the gradient is nodes of the same graph; nothing is built for what is frozen. */

import { StudioError } from '../errors.ts'
import { accumulate, type Part } from './accumulate.ts'
import { reach } from './graph.ts'
import { sizeOf } from './host-tensor.ts'
import { forAnotherUse } from './restored.ts'
import { constant, inScope, latestId, type Node, nodeOf, type Value } from './value.ts'

/**
 * Gradients of `loss` (one element) with respect to each of `wanted`.
 * A wanted value that the loss does not depend on gets `undefined`.
 * @throws StudioError when an operator between them is declared not differentiable
 */
export function gradient(loss: Value, wanted: readonly Value[]): (Value | undefined)[] {
  if (sizeOf(loss.shape) !== 1)
    throw new StudioError('internal', 'A gradient needs a loss of one element.', 'Report this.')
  const { nodes } = reach([loss])
  const ids = new Set(wanted.map((v) => v.id))
  const active = activeNodes(nodes, ids)
  const gradients = new Map<number, Part[]>()
  gradients.set(loss.id, [{ value: one(loss.shape), fresh: false }])

  const total = (value: Value): Value | undefined => {
    const parts = gradients.get(value.id)
    if (parts === undefined) return undefined
    const sum = accumulate(parts)
    gradients.set(value.id, [{ value: sum, fresh: false }])
    return sum
  }

  for (const node of [...nodes].reverse()) {
    if (!active.has(node.id)) continue
    inScope(node.scope === '' ? '' : `${node.scope}/gradient`, () => {
      const outputs = node.outputs.map(total)
      if (outputs.every((g) => g === undefined)) return
      const needs = node.inputs.map((v) => v !== undefined && isActive(v, active, ids))
      const before = latestId()
      const answers = apply(node, outputs, needs)
      answers.forEach((g, i) => {
        const operand = node.inputs[i]
        if (g === undefined || operand === undefined || !needs[i]) return
        const list = gradients.get(operand.id)
        const part = { value: g, fresh: (nodeOf(g)?.id ?? 0) > before }
        if (list) list.push(part)
        else gradients.set(operand.id, [part])
      })
    })
  }
  return wanted.map(total)
}

function apply(node: Node, gradients: readonly (Value | undefined)[], needs: readonly boolean[]) {
  const rule = node.op.gradient
  if (rule === 'none') return []
  if (node.op.fixedInputs?.some((i) => needs[i]))
    throw new StudioError(
      'internal',
      `${node.op.name} is asked for the gradient of an operand that is fixed.`,
      'Report this.',
    )
  const inputs = node.inputs.map((v) => v && forAnotherUse(v)) as readonly Value[]
  return rule({ node, attributes: node.attributes, inputs, outputs: node.outputs, gradients, needs })
}

/** Nodes through which something wanted reaches the loss, stopping at operators without gradient. */
function activeNodes(nodes: readonly Node[], wanted: ReadonlySet<number>): Set<number> {
  const active = new Set<number>()
  for (const node of nodes) {
    if (node.op.gradient === 'none') continue
    if (node.inputs.some((v) => v !== undefined && isActive(v, active, wanted))) active.add(node.id)
  }
  return active
}

function isActive(value: Value, active: ReadonlySet<number>, wanted: ReadonlySet<number>): boolean {
  if (value.source.kind === 'result' && active.has(value.source.node.id)) return true
  return wanted.has(value.id)
}

function one(shape: readonly number[]): Value {
  return constant({ dtype: 'float32', shape, data: Float32Array.of(1) })
}
