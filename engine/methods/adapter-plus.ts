/** Adapter+: a Pfeiffer-like bottleneck with a learned scale per channel (Steitz and Roth 2024, arXiv 2406.06820). */
import { bottleneck } from './bottleneck.ts'
import { bottleneckPreset } from './bottleneck-fields.ts'
import { defineMethod } from './method.ts'

const paper = { title: 'Adapters Strike Back', url: 'https://arxiv.org/abs/2406.06820' }

export const adapterPlus = defineMethod({
  ...bottleneck,
  name: 'adapter-plus',
  title: 'Adapter+',
  paper,
  explain: 'A very narrow bottleneck behind each layer whose output is weighed channel by channel.',
  chooseWhen: 'A bottleneck adapter is wanted, but a small one.',
  avoidWhen: 'The model is narrow: a 96th of its width is next to nothing.',
  suits: {
    ...bottleneck.suits,
    quality: {
      level: 'close',
      text: 'The best of the adapters compared on the 19 tasks of VTAB; these are image models, little is published on language models.',
      source: paper,
    },
    examples: {
      from: 500,
      to: null,
      text: 'Shown with 1 000 training examples per task (VTAB, image models).',
      source: paper,
    },
  },
  fields: bottleneckPreset({
    reduction_factor: 96,
    non_linearity: 'gelu',
    original_ln_before: true,
    original_ln_after: false,
    residual_before_ln: false,
    scaling: 'channel',
    init_weights: 'houlsby',
  }),
})
