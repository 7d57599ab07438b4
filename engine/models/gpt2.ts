/** GPT-2: learned positions, layer norms, Conv1D weights stored [in, out], one projection for q, k and v. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { inScope, type Value } from '../graph/value.ts'
import { activations } from '../ops/activation.ts'
import { add } from '../ops/arithmetic.ts'
import { split } from '../ops/layout.ts'
import type { Architecture, ModelFacts, ModelInputs } from './architecture.ts'
import { attend, extendKeys, prefixMask, splitHeads } from './attention.ts'
import { parseConfig, tokenList } from './config.ts'
import type { Attachments, LinearSite } from './sites.ts'

const schema = z.looseObject({
  model_type: z.string(),
  vocab_size: z.number().int().positive(),
  n_embd: z.number().int().positive(),
  n_layer: z.number().int().positive(),
  n_head: z.number().int().positive(),
  n_positions: z.number().int().positive(),
  n_inner: z.number().int().positive().nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  eos_token_id: tokenList,
})

type Config = z.infer<typeof schema>

export const gpt2: Architecture = {
  modelTypes: ['gpt2'],
  title: 'GPT-2',
  read(raw) {
    const config = parseConfig('GPT-2', schema, raw)
    if (config.n_embd % config.n_head !== 0)
      throw new StudioError(
        'bad-model',
        `config.json does not fit together: ${config.n_embd} wide with ${config.n_head} heads.`,
        'The file may be damaged; download the model again.',
      )
    if (activations[config.activation_function] === undefined)
      throw new StudioError(
        'unsupported',
        `The activation "${config.activation_function}" is not known.`,
        'Choose another model.',
      )
    const facts: ModelFacts = {
      modelType: config.model_type,
      vocabularySize: config.vocab_size,
      width: config.n_embd,
      layers: config.n_layer,
      heads: config.n_head,
      keyValueHeads: config.n_head,
      headSize: config.n_embd / config.n_head,
      contextLength: config.n_positions,
      tiedHead: config.tie_word_embeddings,
      embeddingModule: 'transformer.wte',
      headModule: 'lm_head',
      basePrefix: 'transformer',
      endTokens: config.eos_token_id,
      paddingToken: undefined,
    }
    const head: LinearSite = {
      kind: 'linear',
      module: 'lm_head',
      layer: undefined,
      inFeatures: facts.width,
      outFeatures: facts.vocabularySize,
      layout: 'linear',
      isHead: true,
      hasBias: false,
    }
    return {
      facts,
      hidden: (at, inputs) => hidden(config, facts, at, inputs),
      logits: (at, x) => inScope('lm_head', () => at.linear(head, x)),
    }
  },
}

function hidden(config: Config, facts: ModelFacts, at: Attachments, inputs: ModelInputs): Value {
  const { width } = facts
  let x = inScope('embedding', () => {
    const tokens = at.embedding(
      { kind: 'embedding', module: 'transformer.wte', count: config.vocab_size, width, of: 'token' },
      inputs.ids,
    )
    // Virtual tokens replace token vectors; they, too, get a position.
    const site = { kind: 'sequence', module: 'transformer', width } as const
    const sequence = at.sequence({ ...site, stage: 'tokens' }, tokens)
    const positions = at.embedding(
      { kind: 'embedding', module: 'transformer.wpe', count: config.n_positions, width, of: 'position' },
      inputs.positions,
    )
    return at.sequence({ ...site, stage: 'stream' }, add(sequence, positions))
  })
  const norm = (module: string, layer: number | undefined, value: Value) =>
    at.norm({ kind: 'norm', module, layer, width, norm: 'layer', epsilon: config.layer_norm_epsilon }, value)
  for (let layer = 0; layer < facts.layers; layer++) {
    x = inScope(`h.${layer}`, () => {
      const module = `transformer.h.${layer}`
      const attended = attention(config, facts, at, inputs, layer, norm(`${module}.ln_1`, layer, x))
      const h = at.block({ kind: 'block', module, layer, part: 'attention', width }, x, attended)
      const fed = feedForward(config, facts, at, layer, norm(`${module}.ln_2`, layer, h))
      return at.block({ kind: 'block', module, layer, part: 'feed-forward', width }, h, fed)
    })
  }
  return inScope('ln_f', () => norm('transformer.ln_f', undefined, x))
}

function attention(
  config: Config,
  facts: ModelFacts,
  at: Attachments,
  inputs: ModelInputs,
  layer: number,
  x: Value,
): Value {
  const { rows, length } = inputs
  const { heads, headSize, width } = facts
  const module = `transformer.h.${layer}.attn`
  const fused = at.linear(conv1d(`${module}.c_attn`, layer, width, 3 * width), x)
  const [q, k, v] = split(fused, 1, [width, width, width]).map((part) =>
    splitHeads(part, rows, length, heads, headSize),
  ) as [Value, Value, Value]
  const prefix = at.prefix({ kind: 'key-value', module, layer, heads, headSize })
  const { keys, values } = extendKeys(k, v, prefix, inputs.cache?.(layer))
  const scaling =
    (config.scale_attn_weights ? headSize ** -0.5 : 1) /
    (config.scale_attn_by_inverse_layer_idx ? layer + 1 : 1)
  const shape = { rows, length, heads, keyValueHeads: heads, headSize, scaling }
  const mask = prefixMask(inputs.mask(undefined), inputs.prefixLength)
  return at.linear(
    conv1d(`${module}.c_proj`, layer, width, width),
    attend(shape, q, keys, values, mask, inputs.cache === undefined),
  )
}

function feedForward(config: Config, facts: ModelFacts, at: Attachments, layer: number, x: Value): Value {
  const module = `transformer.h.${layer}.mlp`
  const inner = config.n_inner ?? 4 * facts.width
  const act = activations[config.activation_function]!
  const h = act(at.linear(conv1d(`${module}.c_fc`, layer, facts.width, inner), x))
  return at.linear(
    conv1d(`${module}.c_proj`, layer, inner, facts.width),
    at.hidden({ kind: 'hidden', module, layer, width: inner }, h),
  )
}

function conv1d(module: string, layer: number, inFeatures: number, outFeatures: number): LinearSite {
  return {
    kind: 'linear',
    module,
    layer,
    inFeatures,
    outFeatures,
    layout: 'conv1d',
    isHead: false,
    hasBias: true,
  }
}
