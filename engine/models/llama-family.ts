/** LLaMA, Mistral, Qwen2 and Qwen3 decoders share this body; the architecture files say how they differ. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { inScope, type Value } from '../graph/value.ts'
import { activations } from '../ops/activation.ts'
import { mul } from '../ops/arithmetic.ts'
import { reshape } from '../ops/layout.ts'
import { rotaryEmbedding } from '../ops/rotary.ts'
import type { Architecture, Model, ModelFacts, ModelInputs } from './architecture.ts'
import { attend, extendKeys, prefixMask, splitHeads } from './attention.ts'
import { parseConfig, tokenList } from './config.ts'
import { parseRope, type Rope, ropeFields, rotaryAngles } from './rope.ts'
import type { Attachments, LinearSite, NormSite } from './sites.ts'

const schema = z.looseObject({
  model_type: z.string(),
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().nullish(),
  head_dim: z.number().int().positive().nullish(),
  hidden_act: z.string().default('silu'),
  max_position_embeddings: z.number().int().positive().default(2048),
  rms_norm_eps: z.number().positive().default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  sliding_window: z.number().int().positive().nullish(),
  use_sliding_window: z.boolean().optional(),
  max_window_layers: z.number().int().nonnegative().optional(),
  layer_types: z.array(z.string()).nullish(),
  eos_token_id: tokenList,
  pad_token_id: z.number().int().nullish(),
  ...ropeFields,
})

export type FamilyConfig = z.infer<typeof schema>
type Config = FamilyConfig

/** What differs between the members of the family. */
export interface Variant {
  /** Bias on q, k, v (Qwen2), on all four (attention_bias), or none. */
  biases(config: Config): { qkv: boolean; o: boolean; mlp: boolean }
  /** RMS norm over each head of q and k (Qwen3). */
  headNorm: boolean
  /** Width of the sliding window of a layer, where it has one. */
  window(config: Config, layer: number): number | undefined
}

/** Makes an architecture of the family. */
export function llamaFamily(modelTypes: readonly string[], title: string, variant: Variant): Architecture {
  return { modelTypes, title, read: (config) => build(parseConfig(title, schema, config), variant) }
}

function build(config: Config, variant: Variant): Model {
  const heads = config.num_attention_heads
  const keyValueHeads = config.num_key_value_heads ?? heads
  const headSize = config.head_dim ?? config.hidden_size / heads
  if (!Number.isInteger(headSize) || headSize % 2 !== 0 || heads % keyValueHeads !== 0)
    throw new StudioError(
      'bad-model',
      `config.json does not fit together: ${config.hidden_size} wide with ${heads} heads and ${keyValueHeads} key/value heads.`,
      'The file may be damaged; download the model again.',
    )
  if (activations[config.hidden_act] === undefined)
    throw new StudioError(
      'unsupported',
      `The activation "${config.hidden_act}" is not known.`,
      'Choose another model.',
    )
  const facts: ModelFacts = {
    modelType: config.model_type,
    vocabularySize: config.vocab_size,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    keyValueHeads,
    headSize,
    contextLength: config.max_position_embeddings,
    tiedHead: config.tie_word_embeddings,
    embeddingModule: 'model.embed_tokens',
    headModule: 'lm_head',
    basePrefix: 'model',
    endTokens: config.eos_token_id,
    // transformers gives the embedding a padding_idx: that row is never trained.
    paddingToken: config.pad_token_id ?? undefined,
  }
  const decoder: Decoder = { config, variant, facts, rope: parseRope(config), biases: variant.biases(config) }
  return {
    facts,
    hidden: (at, inputs) => hidden(decoder, at, inputs),
    logits: (at, x) =>
      inScope('lm_head', () =>
        at.linear(
          { ...dense('lm_head', undefined, facts.width, facts.vocabularySize, false), isHead: true },
          x,
        ),
      ),
  }
}

interface Decoder {
  readonly config: Config
  readonly variant: Variant
  readonly facts: ModelFacts
  readonly rope: Rope
  readonly biases: ReturnType<Variant['biases']>
}

function hidden(model: Decoder, at: Attachments, inputs: ModelInputs): Value {
  const { config, facts, rope } = model
  let x = inScope('embedding', () => {
    const embedded = at.embedding(
      {
        kind: 'embedding',
        module: facts.embeddingModule,
        count: config.vocab_size,
        width: facts.width,
        of: 'token',
      },
      inputs.ids,
    )
    const site = { kind: 'sequence', module: 'model', width: facts.width } as const
    return at.sequence({ ...site, stage: 'stream' }, at.sequence({ ...site, stage: 'tokens' }, embedded))
  })
  const angles = inScope('positions', () =>
    rotaryAngles(
      rope,
      facts.headSize,
      reshape(inputs.positions, [inputs.rows, inputs.length]),
      inputs.longest,
    ),
  )
  for (let layer = 0; layer < facts.layers; layer++) {
    x = inScope(`layers.${layer}`, () => {
      const module = `model.layers.${layer}`
      const attended = attention(
        model,
        at,
        inputs,
        layer,
        angles,
        norm(at, model, `${module}.input_layernorm`, layer, x),
      )
      const h = at.block({ kind: 'block', module, layer, part: 'attention', width: facts.width }, x, attended)
      const fed = feedForward(
        model,
        at,
        layer,
        norm(at, model, `${module}.post_attention_layernorm`, layer, h),
      )
      return at.block({ kind: 'block', module, layer, part: 'feed-forward', width: facts.width }, h, fed)
    })
  }
  return inScope('norm', () => norm(at, model, 'model.norm', undefined, x))
}

function attention(
  { config, variant, facts, biases }: Decoder,
  at: Attachments,
  inputs: ModelInputs,
  layer: number,
  angles: { cos: Value; sin: Value },
  x: Value,
): Value {
  const { rows, length } = inputs
  const { heads, keyValueHeads, headSize, width } = facts
  const module = `model.layers.${layer}.self_attn`
  const project = (name: string, count: number) => {
    const y = at.linear(dense(`${module}.${name}`, layer, width, count * headSize, biases.qkv), x)
    if (!variant.headNorm || name === 'v_proj') return splitHeads(y, rows, length, count, headSize)
    const site: NormSite = {
      kind: 'norm',
      module: `${module}.${name === 'q_proj' ? 'q_norm' : 'k_norm'}`,
      layer,
      width: headSize,
      norm: 'rms',
      epsilon: config.rms_norm_eps,
    }
    const normed = at.norm(site, reshape(y, [rows * length * count, headSize]))
    return splitHeads(normed, rows, length, count, headSize)
  }
  const q = rotaryEmbedding(project('q_proj', heads), angles.cos, angles.sin)
  const k = rotaryEmbedding(project('k_proj', keyValueHeads), angles.cos, angles.sin)
  const v = project('v_proj', keyValueHeads)
  const prefix = at.prefix({ kind: 'key-value', module, layer, heads: keyValueHeads, headSize })
  const { keys, values } = extendKeys(k, v, prefix, inputs.cache?.(layer))
  const mask = prefixMask(inputs.mask(variant.window(config, layer)), inputs.prefixLength)
  const shape = { rows, length, heads, keyValueHeads, headSize, scaling: headSize ** -0.5 }
  return at.linear(
    dense(`${module}.o_proj`, layer, heads * headSize, width, biases.o),
    attend(shape, q, keys, values, mask, inputs.cache === undefined),
  )
}

function feedForward({ config, facts, biases }: Decoder, at: Attachments, layer: number, x: Value): Value {
  const module = `model.layers.${layer}.mlp`
  const inner = config.intermediate_size
  const act = activations[config.hidden_act]!
  const gate = act(at.linear(dense(`${module}.gate_proj`, layer, facts.width, inner, biases.mlp), x))
  const up = at.linear(dense(`${module}.up_proj`, layer, facts.width, inner, biases.mlp), x)
  const h = at.hidden({ kind: 'hidden', module, layer, width: inner }, mul(gate, up))
  return at.linear(dense(`${module}.down_proj`, layer, inner, facts.width, biases.mlp), h)
}

function norm(
  at: Attachments,
  { config, facts }: Decoder,
  module: string,
  layer: number | undefined,
  x: Value,
): Value {
  return at.norm(
    { kind: 'norm', module, layer, width: facts.width, norm: 'rms', epsilon: config.rms_norm_eps },
    x,
  )
}

function dense(
  module: string,
  layer: number | undefined,
  inFeatures: number,
  outFeatures: number,
  hasBias: boolean,
): LinearSite {
  return { kind: 'linear', module, layer, inFeatures, outFeatures, layout: 'linear', isHead: false, hasBias }
}
