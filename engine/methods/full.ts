/** Full fine-tuning: every parameter of the model is trained; the reference that the other methods are compared with. */
import { defineMethod } from './method.ts'

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
  defaults: { learningRate: 1e-4, weightDecay: 0.01, warmupRatio: 0.05 },
  format: { kind: 'model' },
  selects: () => false,
  trainsParameter: () => true,
  merges: true,
})
