/** Shapes of the models that the benchmark measures. */

/** GPT-2 small: 12 layers, 768 wide. */
export const gpt2Small = (vocabulary: number): Record<string, unknown> => ({
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  vocab_size: vocabulary,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_positions: 1024,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  attn_pdrop: 0,
  embd_pdrop: 0,
  resid_pdrop: 0,
  tie_word_embeddings: true,
  torch_dtype: 'float32',
})
