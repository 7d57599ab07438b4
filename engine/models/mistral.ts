/** Mistral: LLaMA with a sliding window in every layer where configured. */
import { llamaFamily } from './llama-family.ts'

export const mistral = llamaFamily(['mistral'], 'Mistral', {
  biases: () => ({ qkv: false, o: false, mlp: false }),
  headNorm: false,
  window: (c) => c.sliding_window ?? undefined,
})
