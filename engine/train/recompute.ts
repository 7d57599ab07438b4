/** Which results of the forward pass are computed again for the gradient instead of being kept. */
import type { Graph } from '../graph/graph.ts'
import { attentionBlocks, type BlockOf, layerBlocks, recompute } from '../graph/recompute.ts'
import type { Profile } from '../runtimes/runtime.ts'

/**
 * `none`: everything is kept. `attention`: scores and weights of attention are computed again (a few per cent more time).
 * `layers`: whole layers are (about a third more time, least memory).
 */
export const recomputeChoices = ['none', 'attention', 'layers'] as const
export type Recompute = (typeof recomputeChoices)[number]

const blocks: Readonly<Record<Recompute, BlockOf | undefined>> = {
  none: undefined,
  attention: attentionBlocks,
  layers: layerBlocks,
}

const byProfile: Readonly<Record<Profile, Recompute>> = { fast: 'none', 'low-memory': 'attention' }

/** @param choice undefined = as the profile wants it */
export function recomputed(graph: Graph, choice: Recompute | undefined, profile: Profile = 'fast'): Graph {
  const blockOf = blocks[choice ?? byProfile[profile]]
  return blockOf === undefined ? graph : recompute(graph, blockOf)
}
