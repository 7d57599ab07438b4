/** Adapter+: a Pfeiffer-like bottleneck with a learned scale per channel (Steitz and Roth 2024, arXiv 2406.06820). */
import { bottleneck } from './bottleneck.ts'
import { bottleneckPreset } from './bottleneck-fields.ts'
import { defineMethod } from './method.ts'

export const adapterPlus = defineMethod({
  ...bottleneck,
  name: 'adapter-plus',
  title: 'Adapter+',
  paper: { title: 'Adapters Strike Back', url: 'https://arxiv.org/abs/2406.06820' },
  explain: 'A very narrow bottleneck behind each layer whose output is weighed channel by channel.',
  chooseWhen: 'A bottleneck adapter is wanted, but a small one.',
  avoidWhen: 'The model is narrow: a 96th of its width is next to nothing.',
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
