/** Shapes of the models that the benchmarks measure, as Hugging Face configurations without dropout. */

export type Shape = Readonly<Record<string, unknown>>

const gpt2 = (layers: number, width: number, heads: number, vocabulary: number): Shape => ({
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  vocab_size: vocabulary,
  n_embd: width,
  n_layer: layers,
  n_head: heads,
  n_positions: 1024,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  attn_pdrop: 0,
  embd_pdrop: 0,
  resid_pdrop: 0,
  tie_word_embeddings: true,
  torch_dtype: 'float32',
})

/** GPT-2 small: 12 layers, 768 wide. */
export const gpt2Small = (vocabulary: number): Shape => gpt2(12, 768, 12, vocabulary)

/** As small as a model can usefully be: 2 layers, 32 wide. */
export const gpt2Tiny = (vocabulary: number): Shape => gpt2(2, 32, 2, vocabulary)

/** Qwen2 of 0.5 B parameters: 24 layers, 896 wide, 14 heads with 2 for keys and values, head and table tied. */
export const qwen2HalfBillion: Shape = {
  architectures: ['Qwen2ForCausalLM'],
  model_type: 'qwen2',
  vocab_size: 151_936,
  hidden_size: 896,
  intermediate_size: 4864,
  num_hidden_layers: 24,
  num_attention_heads: 14,
  num_key_value_heads: 2,
  hidden_act: 'silu',
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  tie_word_embeddings: true,
  torch_dtype: 'float32',
}

/** LLaMA of 1.1 B parameters (TinyLlama's shape): 22 layers, 2 048 wide, 32 heads with 4 for keys and values. */
export const llamaBillion: Shape = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 32_000,
  hidden_size: 2048,
  intermediate_size: 5632,
  num_hidden_layers: 22,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  hidden_act: 'silu',
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: false,
  torch_dtype: 'float32',
}

/** The same architecture, 2 layers and 64 wide: steps in milliseconds. */
export const tinyOf = (shape: Shape): Shape => ({
  ...shape,
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
})
