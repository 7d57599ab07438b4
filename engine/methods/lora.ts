/** LoRA: a low-rank update beside each chosen layer (Hu et al. 2021, arXiv 2106.09685). */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { add, scale } from '../ops/arithmetic.ts'
import { gather } from '../ops/gather.ts'
import { transpose } from '../ops/layout.ts'
import { gemm } from '../ops/matmul.ts'
import { boolean, type ConfigOf, choice, custom, integer, number } from './fields.ts'
import { type Initializer, kaimingUniform, normal, uniform, zeros } from './initializers.ts'
import { defineMethod, embeddingSeam, linearSeam, type Placement, type Unusual } from './method.ts'
import { sources } from './suits.ts'
import { fullMatch, loraTargets, patternValue, targetFields } from './targets.ts'

const pattern = z.record(z.string(), z.number().positive())

export const loraFields = {
  r: integer({
    label: 'Rank',
    help: 'Width of the update: more learns more and costs more.',
    default: 8,
    min: 1,
    max: 4096,
  }),
  lora_alpha: number({
    label: 'Alpha',
    help: 'Strength of the update: it is multiplied by alpha / rank.',
    default: 16,
    min: 0.0001,
  }),
  lora_dropout: number({
    label: 'Dropout',
    help: 'Share of the input elements dropped before the update while training.',
    default: 0,
    min: 0,
    max: 0.99,
    sensible: { high: 0.3, because: 'most of what the update sees is then noise' },
  }),
  ...targetFields,
  bias: choice({
    label: 'Train biases',
    help: 'Which biases of the base are trained along.',
    default: 'none',
    options: { none: 'none', all: 'every bias of the model', lora_only: 'those of the adapted layers' },
    advanced: true,
  }),
  lora_bias: boolean({
    label: 'Bias on B',
    help: 'Gives the update a bias of its own.',
    default: false,
    advanced: true,
  }),
  rank_pattern: custom<Readonly<Record<string, number>>>({
    label: 'Rank per module',
    help: 'Other ranks for modules whose name matches: {"q_proj": 4}. The first match counts.',
    default: {},
    schema: pattern,
    format: '{"q_proj": 4}',
    advanced: true,
  }),
  alpha_pattern: custom<Readonly<Record<string, number>>>({
    label: 'Alpha per module',
    help: 'Other alphas for modules whose name matches.',
    default: {},
    schema: pattern,
    format: '{"q_proj": 32}',
    advanced: true,
  }),
  trainable_token_indices: custom<readonly number[] | Readonly<Record<string, readonly number[]>> | null>({
    label: 'Trained tokens',
    help: 'Token ids whose embeddings are trained in full, beside the update.',
    default: null,
    schema: z.union([
      z.array(z.number().int().min(0)),
      z.record(z.string(), z.array(z.number().int().min(0))),
      z.null(),
    ]),
    format: '[17, 42]',
    advanced: true,
  }),
  ensure_weight_tying: boolean({
    label: 'Keep head tied',
    help: 'Where embedding and head share their weights, train them as one.',
    default: false,
    advanced: true,
  }),
  init_lora_weights: custom<boolean | 'gaussian'>({
    label: 'Start of A and B',
    help: 'true: A uniform, B zero; "gaussian": A normal with deviation 1/rank, B zero; false: both random.',
    default: true,
    schema: z.union([z.boolean(), z.literal('gaussian')]),
    format: 'true',
    advanced: true,
  }),
} as const

export type LoraConfig = ConfigOf<typeof loraFields>

export interface LoraSite {
  readonly module: string
}

/** Rank and factor of the update at a module; `power` is 1 for alpha/r, ½ for rank-stabilised alpha/√r. */
export function strength(
  site: LoraSite,
  config: LoraConfig,
  power: number,
): { rank: number; scaling: number } {
  const rank = patternValue(config.rank_pattern, site.module, config.r)
  return { rank, scaling: patternValue(config.alpha_pattern, site.module, config.lora_alpha) / rank ** power }
}

function initialA(config: LoraConfig, rank: number): Initializer {
  return config.init_lora_weights === 'gaussian' ? normal(1 / rank) : kaimingUniform
}

/** Shapes and starts of A [r, in] and B [out, r]. */
export function loraParameters(
  site: LoraSite & { inFeatures: number; outFeatures: number },
  config: LoraConfig,
) {
  const { rank } = strength(site, config, 1)
  const initB = config.init_lora_weights === false ? uniform(1 / Math.sqrt(rank)) : zeros
  return {
    A: { shape: [rank, site.inFeatures], init: initialA(config, rank), key: 'lora_A.weight' },
    B: { shape: [site.outFeatures, rank], init: initB, key: 'lora_B.weight' },
    bias: config.lora_bias ? { shape: [site.outFeatures], init: zeros, key: 'lora_B.bias' } : undefined,
  }
}

/** y = base(x) + s·(B·A·drop(x) + b);   merged: W + s·B·A */
export function loraLinear(power: number) {
  return linearSeam({
    parameters: loraParameters,
    forward: ({ site, config, p, env }, x, base) => {
      const { scaling } = strength(site, config, power)
      const inner = gemm(env.dropout(x, config.lora_dropout), p.A, { transB: 1 })
      const y = gemm(inner, p.B, { transB: 1, alpha: scaling, c: base(x) })
      return p.bias ? add(y, scale(p.bias, scaling)) : y
    },
    merge: ({ site, config, p }, weight, bias) => {
      const { scaling } = strength(site, config, power)
      if (p.bias && !bias)
        throw new StudioError(
          'unsupported',
          `The update of ${site.module} has a bias, but that layer of the base has none to merge it into.`,
          'Use the adapter unmerged, or train without lora_bias.',
        )
      return {
        weight: gemm(p.B, p.A, { alpha: scaling, c: weight }),
        bias: p.bias && bias ? add(bias, scale(p.bias, scaling)) : bias,
      }
    },
  })
}

/** y = W[x] + s·Aᵀ[x]·Bᵀ with A [r, count], B [width, r] */
export function loraEmbedding(power: number) {
  return embeddingSeam({
    parameters: (site, config: LoraConfig) => {
      const { rank } = strength(site, config, 1)
      return {
        A: { shape: [rank, site.count], init: zeros, key: 'lora_embedding_A' },
        B: { shape: [site.width, rank], init: normal(1), key: 'lora_embedding_B' },
      }
    },
    forward: ({ site, config, p }, ids, base) =>
      gemm(gather(transpose(p.A, [1, 0]), ids), p.B, {
        transB: 1,
        alpha: strength(site, config, power).scaling,
        c: base,
      }),
    merge: ({ site, config, p }, weight) =>
      gemm(p.A, p.B, { transA: 1, transB: 1, alpha: strength(site, config, power).scaling, c: weight }),
  })
}

/** Factors alpha / rank^power outside of these make the update overwhelm the layer, or vanish beside it. */
const usualScaling = { low: 0.1, high: 16 }

/** What the options of the LoRA family say that makes little sense on this model. */
export function unusualLora(config: LoraConfig, power: number, { sites }: Placement): Unusual[] {
  const linear = sites.filter((site) => site.kind === 'linear')
  const found: Unusual[] = []
  const wide = linear.filter(
    (site) => strength(site, config, power).rank > Math.min(site.inFeatures, site.outFeatures),
  )
  if (wide[0] !== undefined) {
    const least = Math.min(...wide.map((site) => Math.min(site.inFeatures, site.outFeatures)))
    found.push({
      field: 'r',
      message: `The rank is greater than the narrow side of ${wide.length} of the adapted layers (${least} at the least): the update gains nothing beyond that.`,
      hint: `Use a rank of at most ${least}; train those modules in full if you need more.`,
      suggestion: least,
    })
  }
  const scaling = config.lora_alpha / config.r ** power
  if (scaling < usualScaling.low || scaling > usualScaling.high) {
    const suggestion = Number((2 * config.r ** power).toPrecision(2))
    const effect =
      scaling > usualScaling.high ? 'it may overwhelm the layer at first' : 'it hardly shows beside the layer'
    found.push({
      field: 'lora_alpha',
      message: `The update is multiplied by ${Number(scaling.toPrecision(2))}: ${effect}.`,
      hint: `An alpha of ${suggestion} multiplies it by 2, as is usual for this rank.`,
      suggestion,
    })
  }
  if (config.bias !== 'none' && !linear.some((site) => site.hasBias))
    found.push({
      field: 'bias',
      message: 'The adapted layers of this model have no biases, so there are none to train.',
      hint: 'Leave it at "none".',
      suggestion: 'none',
    })
  if (config.init_lora_weights === false)
    found.push({
      field: 'init_lora_weights',
      message: 'With both matrices random, training does not start from the unchanged model.',
      hint: 'Set it to true unless you want exactly that.',
      suggestion: true,
    })
  for (const field of ['rank_pattern', 'alpha_pattern'] as const)
    for (const key of Object.keys(config[field]))
      if (!linear.some((site) => fullMatch(`(.*\\.)?(${key})`, site.module)))
        found.push({
          field,
          message: `"${key}" matches none of the adapted layers.`,
          hint: 'Write the end of a module name, such as q_proj, or a regular expression for it.',
        })
  return found
}

export const lora = defineMethod({
  name: 'lora',
  title: 'LoRA',
  taxonomy: 'reparameterised',
  paper: {
    title: 'LoRA: Low-Rank Adaptation of Large Language Models',
    url: 'https://arxiv.org/abs/2106.09685',
  },
  explain:
    'Leaves every weight of the model as it is and learns a small update beside chosen layers: two thin matrices whose product is added to the layer.',
  chooseWhen:
    'You want the safe first choice: strong results, small files, and an adapter that can be merged away.',
  avoidWhen: 'Every byte of the adapter counts: IA³ or prompt tuning are far smaller.',
  fields: loraFields,
  defaults: {
    learningRate: 2e-3,
    weightDecay: 0,
    warmupRatio: 0.05,
    sensibleRate: {
      low: 1e-5,
      high: 1e-2,
      because:
        'published runs lie between 1e-5 and 5e-4 on models of billions of parameters, and narrow models take several times more',
    },
  },
  suits: {
    quality: {
      level: 'equal',
      text: 'At rank 32 it solves 47.8 % of GSM8K after training on MetaMathQA, full fine-tuning 47.2 %.',
      source: sources.comparison,
    },
    examples: {
      from: 100,
      to: null,
      text: 'It learns as much from each example as full fine-tuning while the data fits into it, at about two bits per trained parameter.',
      source: sources.withoutRegret,
    },
    distance: {
      upTo: 'task',
      text: 'It comes close to full fine-tuning in instruction tuning and falls behind it in continued pre-training on code and mathematics.',
      source: sources.learnsLess,
    },
  },
  format: { kind: 'peft', type: 'LORA', constants: { use_rslora: false, use_dora: false } },
  selects: 'targets',
  defaultTargets: (modelType) => loraTargets[modelType],
  merges: true,
  linear: loraLinear(1),
  embedding: loraEmbedding(1),
  unusual: (config, at) => unusualLora(config, 1, at),
})
