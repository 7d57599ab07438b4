/** (IA)³: learned factors on keys, values and the feed-forward hidden layer (Liu et al. 2022, arXiv 2205.05638). */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import type { LinearSite } from '../models/sites.ts'
import { mul } from '../ops/arithmetic.ts'
import { reshape } from '../ops/layout.ts'
import { boolean, type ConfigOf, custom } from './fields.ts'
import { normal, ones } from './initializers.ts'
import { defineMethod, linearSeam } from './method.ts'
import { sources } from './suits.ts'
import { type ModuleList, targetFields } from './targets.ts'

const { layers_to_transform: _, layers_pattern: __, ...targets } = targetFields

const fields = {
  ...targets,
  feedforward_modules: custom<ModuleList>({
    label: 'Feed-forward modules',
    help: 'Those of the modules whose input is scaled instead of their output.',
    default: null,
    schema: z.union([z.string(), z.array(z.string()), z.null()]),
    format: 'down_proj',
    names: 'targets',
    none: 'the usual ones',
    advanced: true,
  }),
  init_ia3_weights: boolean({
    label: 'Start at one',
    help: 'Starts as the unchanged model; otherwise at random factors.',
    default: true,
    advanced: true,
  }),
} as const

type Ia3Config = ConfigOf<typeof fields>

/** PEFT's default modules: all, and the feed-forward ones among them. */
const defaults: Readonly<Record<string, { all: readonly string[]; feedForward: readonly string[] }>> = {
  gpt2: { all: ['c_attn', 'mlp.c_proj'], feedForward: ['mlp.c_proj'] },
  llama: { all: ['k_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] },
  mistral: { all: ['k_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] },
  qwen2: { all: ['q_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] },
  qwen3: { all: ['q_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] },
}

const everyFeedForward = [...new Set(Object.values(defaults).flatMap((d) => d.feedForward))]

/** Plain suffix test, as PEFT does it; without a list, the usual modules of the known model types count. */
function isFeedForward(site: LinearSite, config: Ia3Config): boolean {
  const list = config.feedforward_modules ?? everyFeedForward
  return (typeof list === 'string' ? [list] : list).some((name) => site.module.endsWith(name))
}

const paper = {
  title: 'Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning',
  url: 'https://arxiv.org/abs/2205.05638',
}

export const ia3 = defineMethod({
  name: 'ia3',
  title: 'IA³',
  taxonomy: 'additive: adapter',
  paper,
  explain:
    'Learns one factor per channel for keys, values and the hidden layer of the feed-forward part: louder or quieter, nothing else.',
  chooseWhen: 'Few examples, a tiny adapter, and a model that nearly does the task already.',
  avoidWhen: 'The task needs new knowledge or a new format: factors alone cannot express much.',
  fields,
  defaults: {
    learningRate: 1e-2,
    weightDecay: 0,
    warmupRatio: 0.05,
    sensibleRate: {
      low: 1e-3,
      high: 0.1,
      because: 'its few factors start at one and move slowly; published runs use 1e-3 to 5e-3',
    },
  },
  suits: {
    quality: {
      level: 'behind',
      text: 'It solves 39.8 % of GSM8K after training on MetaMathQA, LoRA at rank 32 47.8 %.',
      source: sources.comparison,
    },
    examples: {
      from: 20,
      to: 1000,
      text: 'It was the first to pass the human baseline on RAFT, whose tasks have 50 training examples each.',
      source: paper,
    },
    distance: {
      upTo: 'style',
      text: 'It only makes channels louder or quieter; the paper starts from a model that was trained on many tasks before.',
      source: paper,
    },
  },
  format: {
    kind: 'peft',
    type: 'IA3',
    complete: (config: Ia3Config, facts) => ({
      feedforward_modules: config.feedforward_modules ?? defaults[facts.modelType]?.feedForward ?? [],
    }),
  },
  selects: 'targets',
  defaultTargets: (modelType) => defaults[modelType]?.all,
  merges: true,
  linear: linearSeam({
    parameters: (site, config: Ia3Config) => ({
      l: {
        shape: isFeedForward(site, config) ? [1, site.inFeatures] : [site.outFeatures, 1],
        init: config.init_ia3_weights ? ones : normal(1),
        key: 'ia3_l',
      },
    }),
    // feed-forward: W·(x ∘ l) + b;   else (W·x + b) ∘ l
    forward: ({ site, config, p }, x, base) =>
      isFeedForward(site, config) ? base(mul(x, p.l)) : mul(base(x), reshape(p.l, [1, site.outFeatures])),
    merge: ({ site, config, p }, weight, bias) => ({
      weight: mul(weight, p.l),
      bias: bias && !isFeedForward(site, config) ? mul(bias, reshape(p.l, [site.outFeatures])) : bias,
    }),
  }),
  unusual: (config) =>
    config.init_ia3_weights
      ? []
      : [
          {
            field: 'init_ia3_weights',
            message: 'Random factors destroy what the model knows before the first step.',
            hint: 'Start at one unless you want exactly that.',
            suggestion: true,
          },
        ],
  check: (config) => {
    const feedForward = config.feedforward_modules
    if (!Array.isArray(feedForward) || !Array.isArray(config.target_modules)) return
    const stray = feedForward.find((name: string) => !config.target_modules?.includes(name))
    if (stray !== undefined)
      throw new StudioError(
        'bad-config',
        `feedforward_modules names ${stray}, which is not among target_modules.`,
        'Every feed-forward module must also be a target.',
      )
  },
})
