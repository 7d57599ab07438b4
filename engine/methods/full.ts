/** Full fine-tuning: every parameter of the model is trained; the reference that the other methods are compared with. */
import { defineMethod } from './method.ts'
import { sources } from './suits.ts'

export const full = defineMethod({
  name: 'full',
  title: 'Full fine-tuning',
  taxonomy: 'full',
  paper: {
    title: 'Universal Language Model Fine-tuning for Text Classification',
    url: 'https://arxiv.org/abs/1801.06146',
  },
  explain: 'Trains every number of the model. The result is a whole model, not an adapter.',
  chooseWhen: 'You want the reference result, or train a small model from scratch.',
  avoidWhen: 'Memory is short: gradients and optimiser state take three times the room of the model.',
  fields: {},
  defaults: {
    learningRate: 1e-4,
    weightDecay: 0.01,
    warmupRatio: 0.05,
    sensibleRate: {
      low: 1e-6,
      high: 1e-3,
      because: 'the best rate of full fine-tuning is about a tenth of the best rate of LoRA',
    },
  },
  suits: {
    quality: {
      level: 'equal',
      text: 'It is what the others are measured against: 47.2 % of GSM8K after training on MetaMathQA.',
      source: sources.comparison,
    },
    examples: {
      from: 1000,
      to: null,
      text: 'It goes on gaining where the data no longer fits into an adapter.',
      source: sources.withoutRegret,
    },
    distance: {
      upTo: 'knowledge',
      text: 'Its updates have 10 to 100 times the rank of usual LoRA settings, and it leads in continued pre-training.',
      source: sources.learnsLess,
    },
  },
  format: { kind: 'model' },
  selects: () => false,
  trainsParameter: () => true,
  merges: true,
})
