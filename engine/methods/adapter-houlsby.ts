/** Houlsby adapters: a bottleneck after attention and after the feed-forward part (Houlsby et al. 2019, arXiv 1902.00751). */
import { bottleneck } from './bottleneck.ts'
import { bottleneckPreset } from './bottleneck-fields.ts'
import { defineMethod } from './method.ts'
import { sources } from './suits.ts'

export const adapterHoulsby = defineMethod({
  ...bottleneck,
  name: 'adapter-houlsby',
  title: 'Bottleneck adapter (Houlsby)',
  paper: sources.houlsby,
  explain: 'Puts a small network after both halves of each layer, attention and feed-forward.',
  chooseWhen: 'The task is far from what the model knows and size does not matter much.',
  avoidWhen: 'Speed matters: it adds two networks per layer.',
  fields: bottleneckPreset({ mh_adapter: true, non_linearity: 'swish' }),
})
