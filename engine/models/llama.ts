/** LLaMA, SmolLM and TinyLlama (`llama`). */
import { llamaFamily } from './llama-family.ts'

export const llama = llamaFamily(['llama'], 'LLaMA', {
  biases: (c) => ({ qkv: c.attention_bias, o: c.attention_bias, mlp: c.mlp_bias }),
  headNorm: false,
  window: () => undefined,
})
