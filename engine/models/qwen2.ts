/** Qwen2 and Qwen2.5: biases on q, k, v; a sliding window in the upper layers where switched on. */
import { type FamilyConfig, llamaFamily } from './llama-family.ts'

/** Layers listed as sliding, or (older files) those from `max_window_layers` on, when `use_sliding_window` is set. */
export function qwenWindow(config: FamilyConfig, layer: number): number | undefined {
  if (config.use_sliding_window !== true || config.sliding_window == null) return undefined
  const sliding = config.layer_types
    ? config.layer_types[layer] === 'sliding_attention'
    : layer >= (config.max_window_layers ?? 0)
  return sliding ? config.sliding_window : undefined
}

export const qwen2 = llamaFamily(['qwen2'], 'Qwen2', {
  biases: () => ({ qkv: true, o: false, mlp: false }),
  headNorm: false,
  window: qwenWindow,
})
