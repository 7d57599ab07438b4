/** Few-shot prompting: nothing is trained, worked examples stand before the question (Brown et al. 2020, arXiv 2005.14165). */
import { type ConfigOf, integer } from './fields.ts'
import { defineMethod } from './method.ts'

const fields = {
  examples: integer({
    label: 'Examples',
    help: 'Training examples that stand before every row that is scored; 0 scores the base as it is.',
    default: 4,
    min: 0,
    max: 256,
  }),
  example_seed: integer({
    label: 'Seed of the examples',
    help: 'Decides which of the training examples are shown.',
    default: 1,
    min: 0,
    advanced: true,
  }),
} as const

type FewShotConfig = ConfigOf<typeof fields>

const paper = {
  title: 'Language Models are Few-Shot Learners',
  url: 'https://arxiv.org/abs/2005.14165',
}

export const fewShot = defineMethod({
  name: 'few-shot',
  title: 'Few-shot prompt',
  taxonomy: 'baseline',
  paper,
  explain:
    'Trains nothing: a few training examples are written before the question, and the base model goes on from there.',
  chooseWhen: 'You want to know whether fine-tuning is worth it at all; every other method has to beat this.',
  avoidWhen: 'Inputs are long or many: the examples are read again with each of them.',
  fields,
  defaults: { learningRate: 1e-3, weightDecay: 0, warmupRatio: 0 },
  suits: {
    quality: {
      level: 'behind',
      text: 'Fine-tuning with IA³ on the same few examples is better, and cheaper in use, than putting them into the prompt.',
      source: {
        title: 'Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning',
        url: 'https://arxiv.org/abs/2205.05638',
      },
    },
    examples: {
      from: 1,
      to: 100,
      text: 'The paper shows 10 to 100 examples, as many as fit into the context.',
      source: paper,
    },
    distance: {
      upTo: 'style',
      text: 'No weight changes: the examples can only show which of its abilities is wanted.',
      source: paper,
    },
    baseModel: {
      parametersFrom: 1e10,
      text: 'What examples in the prompt bring grows with the size of the model and is little in small ones.',
      source: paper,
    },
  },
  format: { kind: 'prompt' },
  selects: () => false,
  demonstrations: ({ examples, example_seed }: FewShotConfig) => ({ count: examples, seed: example_seed }),
  merges: { impossible: 'The examples stand in the input; no weight has changed.' },
})
