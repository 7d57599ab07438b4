/** Qwen3: RMS norms on the heads of q and k, no biases. */
import { llamaFamily } from './llama-family.ts'
import { qwenWindow } from './qwen2.ts'

export const qwen3 = llamaFamily(['qwen3'], 'Qwen3', {
  biases: (c) => ({ qkv: c.attention_bias, o: c.attention_bias, mlp: false }),
  headNorm: true,
  window: qwenWindow,
})
