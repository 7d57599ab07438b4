/** The unchanged base model in the shape of a method: evaluates and generates, trains nothing. */
import { defineMethod } from './method.ts'

export const none = defineMethod({
  name: 'none',
  title: 'Base model',
  taxonomy: 'selective',
  paper: { title: '', url: '' },
  explain: 'The model as it is.',
  chooseWhen: 'You want to know what the model does without training.',
  avoidWhen: 'You want to train.',
  fields: {},
  defaults: { learningRate: 0, weightDecay: 0, warmupRatio: 0 },
  format: { kind: 'model' },
  selects: () => false,
  merges: true,
})
