/** Shapes of the models that the benchmark measures. */

/** A GPT-2 of any size, without dropout. */
const gpt2 = (layers: number, width: number, heads: number, vocabulary: number): Record<string, unknown> => ({
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
export const gpt2Small = (vocabulary: number): Record<string, unknown> => gpt2(12, 768, 12, vocabulary)

/** As small as a model can usefully be: 2 layers, 32 wide. */
export const gpt2Tiny = (vocabulary: number): Record<string, unknown> => gpt2(2, 32, 2, vocabulary)
