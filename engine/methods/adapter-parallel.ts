/** Parallel adapter: a bottleneck beside the feed-forward part, scaled (He et al. 2021, arXiv 2110.04366). */
import { bottleneck } from './bottleneck.ts'
import { bottleneckPreset } from './bottleneck-fields.ts'
import { defineMethod } from './method.ts'
import { sources } from './suits.ts'

export const adapterParallel = defineMethod({
  ...bottleneck,
  name: 'adapter-parallel',
  title: 'Bottleneck adapter (parallel)',
  paper: sources.unifiedView,
  explain:
    'Puts a wide bottleneck beside the feed-forward part of each layer and adds what it says, times four.',
  chooseWhen: 'You want the strongest adapter and start exactly from the unchanged model.',
  avoidWhen: 'The adapter must be small: its default bottleneck is half as wide as the model.',
  suits: {
    ...bottleneck.suits,
    quality: {
      level: 'close',
      text: 'On eight commonsense tasks with LLaMA-7B parallel adapters reach 72.2 % on average, adapters in series 70.8 %, LoRA 74.7 %.',
      source: sources.dora,
    },
  },
  fields: bottleneckPreset({
    reduction_factor: 2,
    is_parallel: true,
    scaling: 4,
    init_weights: 'mam_adapter',
  }),
})
