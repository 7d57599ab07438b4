/** The model of the measurement: a Qwen2 of 0.5 B parameters, or a tiny one that shows that everything runs. */

/** 24 layers, 896 wide, 14 heads with 2 for keys and values, a vocabulary of 151 936, head and table tied. */
export const halfBillion: Readonly<Record<string, unknown>> = {
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

export const tiny: Readonly<Record<string, unknown>> = {
  ...halfBillion,
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
}
