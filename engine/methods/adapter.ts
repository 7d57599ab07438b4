/** Pfeiffer adapter: one bottleneck after each feed-forward part (Pfeiffer et al. 2020, arXiv 2005.00247). */
import { bottleneck } from './bottleneck.ts'
import { bottleneckPreset } from './bottleneck-fields.ts'
import { defineMethod } from './method.ts'

export const adapter = defineMethod({
  ...bottleneck,
  name: 'adapter',
  title: 'Bottleneck adapter (Pfeiffer)',
  paper: {
    title: 'AdapterFusion: Non-Destructive Task Composition for Transfer Learning',
    url: 'https://arxiv.org/abs/2005.00247',
  },
  explain:
    'Puts a small network after the feed-forward part of each layer: narrow it, bend it, widen it, add it.',
  chooseWhen: 'You want the strength of LoRA or more on a small model, and do not need to merge.',
  avoidWhen: 'The tuned model must be as fast as the base: the added networks stay.',
  fields: bottleneckPreset({ original_ln_before: true }),
})
