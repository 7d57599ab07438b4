/** Frozen weights on a graphics card: fed to every run as buffers that all programs of the device share. */
import type { Graph } from '../../../graph/graph.ts'
import type { DType } from '../../../graph/host-tensor.ts'
import { lower } from '../../../graph/lower.ts'
import { input, type Node, type Value, type WeightSource } from '../../../graph/value.ts'

/** A weight as it lies in its file, and the type it has on the device. */
export interface FedWeight {
  readonly leaf: Value & { readonly source: WeightSource }
  readonly dtype: DType
}

/**
 * The type in which a weight lies on the device; undefined where the library cannot feed it, so that it stays part of the model.
 * The library has no bfloat16 on graphics cards, and float16 needs a card that computes with it.
 */
function typeOnDevice(stored: DType, halves: boolean): DType | undefined {
  if (stored === 'float32' || stored === 'uint8') return stored
  return stored === 'float16' || stored === 'bfloat16' ? (halves ? 'float16' : 'float32') : undefined
}

/**
 * The graph with an input in place of every weight; as initialisers they would lie on the device once for each program.
 * @param halves whether the device has 16-bit floats
 * @returns the weights by the names of their inputs
 */
export function feedWeights(
  graph: Graph,
  halves: boolean,
): { graph: Graph; weights: ReadonlyMap<string, FedWeight> } {
  const weights = new Map<string, FedWeight>()
  const fed = lower(graph, {
    leaf: (leaf) => {
      if (!isWeight(leaf)) return undefined
      const dtype = typeOnDevice(leaf.dtype, halves)
      if (dtype === undefined) return undefined
      const name = `weight:${leaf.id}`
      weights.set(name, { leaf, dtype })
      return input(name, { dtype, shape: leaf.shape })
    },
    node: withoutCast,
  })
  return { graph: fed, weights }
}

function isWeight(leaf: Value): leaf is FedWeight['leaf'] {
  return leaf.source.kind === 'weight'
}

/** What became float32 on the way to the device need not be cast any more. */
function withoutCast({ op, inputs: [x], outputs }: Node): readonly Value[] | undefined {
  return op.name === 'Cast' && x?.dtype === outputs[0]!.dtype ? [x] : undefined
}
