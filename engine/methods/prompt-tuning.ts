/** Prompt tuning: trained vectors in front of the input (Lester et al. 2021, arXiv 2104.08691). */
import { StudioError } from '../errors.ts'
import { constant } from '../graph/value.ts'
import { sub } from '../ops/arithmetic.ts'
import { greater, where } from '../ops/compare.ts'
import { gather } from '../ops/gather.ts'
import { reshape } from '../ops/layout.ts'
import { type ConfigOf, choice, integer, text } from './fields.ts'
import type { InitContext } from './initializers.ts'
import { defineMethod, sequenceSeam } from './method.ts'
import { sources } from './suits.ts'

const fields = {
  num_virtual_tokens: integer({
    label: 'Virtual tokens',
    help: 'How many trained vectors stand before every example.',
    default: 20,
    min: 1,
    max: 4096,
    sensible: {
      high: 200,
      because: 'the paper goes up to 150 with little gain beyond 20, and each one makes every row longer',
    },
  }),
  prompt_tuning_init: choice({
    label: 'Start',
    help: 'Where the vectors start: random numbers, embeddings of random tokens, or the embeddings of a text.',
    default: 'SAMPLE_VOCAB',
    options: { RANDOM: 'random numbers', SAMPLE_VOCAB: 'random tokens', TEXT: 'a text' },
  }),
  prompt_tuning_init_text: text({
    label: 'Starting text',
    help: 'The text whose embeddings are the start, repeated or cut to the number of virtual tokens.',
    default: '',
  }),
} as const

type PromptConfig = ConfigOf<typeof fields>

/** Rows of the token embedding: sampled with replacement, or those of the text repeated and cut to length. */
async function initialPrompt(config: PromptConfig, shape: readonly number[], context: InitContext) {
  const [count, width] = shape as [number, number]
  if (config.prompt_tuning_init === 'RANDOM')
    return Float32Array.from({ length: count * width }, () => context.random.normal())
  const table = await context.weight(context.embeddingWeight)
  const ids =
    config.prompt_tuning_init === 'TEXT'
      ? (await context.tokenizer()).encode(config.prompt_tuning_init_text)
      : Array.from({ length: count }, () => context.random.integer(table.shape[0]!))
  const data = new Float32Array(count * width)
  for (let i = 0; i < count; i++) {
    const id = ids[i % ids.length]!
    data.set((table.data as Float32Array).subarray(id * width, (id + 1) * width), i * width)
  }
  return data
}

const paper = {
  title: 'The Power of Scale for Parameter-Efficient Prompt Tuning',
  url: 'https://arxiv.org/abs/2104.08691',
}

export const promptTuning = defineMethod({
  name: 'prompt-tuning',
  title: 'Prompt tuning',
  taxonomy: 'additive: soft prompt',
  paper,
  explain:
    'Learns a handful of vectors that are put before every input, as if they were words the model had never seen written.',
  chooseWhen:
    'The model is large, the task is one it can nearly be prompted to do, and adapters must be tiny.',
  avoidWhen:
    'The model is small: below a few billion parameters it trails the other methods and needs many steps.',
  fields,
  defaults: {
    learningRate: 3e-2,
    weightDecay: 0,
    warmupRatio: 0.05,
    sensibleRate: {
      low: 1e-3,
      high: 1,
      because: "the paper uses 0.3, and at 1e-4 it learned next to nothing in Hugging Face's comparison",
    },
  },
  suits: {
    quality: {
      level: 'behind',
      text: 'With 200 tokens it solves 34.3 % of GSM8K after training on MetaMathQA, LoRA at rank 32 47.8 %.',
      source: sources.comparison,
    },
    examples: {
      from: 250,
      to: 100_000,
      text: 'Shown on the tasks of SuperGLUE, which have from 250 to 100 000 training examples.',
      source: paper,
    },
    distance: {
      upTo: 'style',
      text: 'The model itself stays as it is: the vectors can only call up what it has learned.',
      source: paper,
    },
    baseModel: {
      parametersFrom: 1e10,
      text: 'It comes near full fine-tuning at ten billion parameters and falls the farther behind the smaller the model is.',
      source: paper,
    },
  },
  format: {
    kind: 'peft',
    type: 'PROMPT_TUNING',
    complete: (config: PromptConfig, facts, baseName) => ({
      prompt_tuning_init_text: config.prompt_tuning_init_text === '' ? null : config.prompt_tuning_init_text,
      tokenizer_name_or_path: config.prompt_tuning_init === 'TEXT' ? baseName : null,
      token_dim: facts.width,
      num_layers: facts.layers,
      num_attention_heads: facts.heads,
      num_transformer_submodules: 1,
    }),
  },
  selects: (site) => site.kind === 'sequence',
  virtualTokens: (config) => config.num_virtual_tokens,
  merges: { impossible: 'The trained vectors stand in the input, not in a weight.' },
  sequence: [
    sequenceSeam({
      stage: 'tokens',
      parameters: (site, config: PromptConfig) => ({
        prompt: {
          shape: [config.num_virtual_tokens, site.width],
          init: (shape, context) => initialPrompt(config, shape, context),
          key: 'prompt_embeddings',
        },
      }),
      // At virtual places the row of P, elsewhere the token's own vector.
      forward: ({ p, env }, x) => {
        const zero = constant({ dtype: 'int32', shape: [], data: Int32Array.of(0) })
        const one = constant({ dtype: 'int32', shape: [], data: Int32Array.of(1) })
        const isVirtual = greater(env.virtual, zero)
        const row = where(isVirtual, sub(env.virtual, one), zero)
        return where(reshape(isVirtual, [x.shape[0]!, 1]), gather(p.prompt, row), x)
      },
    }),
  ],
  unusual: (config) =>
    config.prompt_tuning_init_text !== '' && config.prompt_tuning_init !== 'TEXT'
      ? [
          {
            field: 'prompt_tuning_init_text',
            message: 'The text is not used, because the start is not a text.',
            hint: 'Choose "a text" as the start, or clear it.',
            suggestion: '',
          },
        ]
      : [],
  check: (config) => {
    if (config.prompt_tuning_init === 'TEXT' && config.prompt_tuning_init_text.trim() === '')
      throw new StudioError(
        'bad-config',
        'The start is a text, but none is given.',
        'Set prompt_tuning_init_text.',
      )
  },
})
