/** The Hugging Face files of the built-in model apart from its weights: tokenizer, chat template, configuration. */

import { END, PAD, SPECIAL_TOKENS } from './special-tokens.ts'
import { type Bpe, PRE_TOKENISE } from './train-bpe.ts'

/** Tokens of the vocabulary, special tokens included. */
export const VOCABULARY = 1536

/** One user or system turn is its token and its text; an answer also has its end token, and only answers are learned. */
export const CHAT_TEMPLATE = [
  '{%- for message in messages -%}',
  "{%- if message['role'] == 'assistant' -%}",
  "{{ '<|assistant|>' }}{% generation %}{{ message['content'] + '<|endoftext|>' }}{% endgeneration %}",
  '{%- else -%}',
  "{{ '<|' + message['role'] + '|>' + message['content'] }}",
  '{%- endif -%}',
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{ '<|assistant|>' }}{%- endif -%}",
].join('')

/** `tokenizer.json` as the Hugging Face libraries read it. */
export function tokenizerJson(bpe: Bpe): object {
  const ids = [...SPECIAL_TOKENS, ...bpe.symbols]
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: PRE_TOKENISE }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids.map((token, id) => [token, id])),
      merges: bpe.merges,
    },
  }
}

/** `tokenizer_config.json`: names of the special tokens and the chat template. */
export function tokenizerConfig(): object {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: END,
    eos_token: END,
    pad_token: PAD,
    additional_special_tokens: SPECIAL_TOKENS.filter((token) => token !== END && token !== PAD),
    add_bos_token: false,
    add_eos_token: false,
    clean_up_tokenization_spaces: false,
    model_max_length: MODEL.max_position_embeddings,
    chat_template: CHAT_TEMPLATE,
  }
}

/** `special_tokens_map.json`. */
export function specialTokensMap(): object {
  return {
    bos_token: END,
    eos_token: END,
    pad_token: PAD,
    additional_special_tokens: SPECIAL_TOKENS.filter((token) => token !== END && token !== PAD),
  }
}

const [endId, padId] = [SPECIAL_TOKENS.indexOf(END), SPECIAL_TOKENS.indexOf(PAD)]

/** `config.json`: a small LLaMA. */
export const MODEL = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: VOCABULARY,
  hidden_size: 192,
  intermediate_size: 512,
  num_hidden_layers: 6,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  head_dim: 32,
  hidden_act: 'silu',
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  rope_scaling: null,
  attention_bias: false,
  attention_dropout: 0,
  mlp_bias: false,
  tie_word_embeddings: true,
  initializer_range: 0.02,
  use_cache: true,
  bos_token_id: endId,
  eos_token_id: endId,
  pad_token_id: padId,
  torch_dtype: 'float32',
} as const

/** `generation_config.json`. */
export function generationConfig(): object {
  return {
    bos_token_id: endId,
    eos_token_id: endId,
    pad_token_id: padId,
    do_sample: true,
    temperature: 0.7,
    top_p: 0.9,
    max_new_tokens: 128,
  }
}

/** Trained numbers of the model: embeddings once (they are tied), attention, feed-forward and norms. */
export function parameterCount(): number {
  const { hidden_size: d, head_dim, num_attention_heads, num_key_value_heads, intermediate_size } = MODEL
  const attention = 2 * d * num_attention_heads * head_dim + 2 * d * num_key_value_heads * head_dim
  return MODEL.vocab_size * d + MODEL.num_hidden_layers * (attention + 3 * d * intermediate_size + 2 * d) + d
}
