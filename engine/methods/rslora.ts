/** rsLoRA: LoRA scaled by alpha/√r, so that high ranks keep learning (Kalajdzievski 2023, arXiv 2312.03732). */
import { lora, loraEmbedding, loraLinear, unusualLora } from './lora.ts'
import { defineMethod } from './method.ts'
import { sources } from './suits.ts'

export const rslora = defineMethod({
  ...lora,
  name: 'rslora',
  title: 'rsLoRA',
  paper: {
    title: 'A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA',
    url: 'https://arxiv.org/abs/2312.03732',
  },
  explain:
    'LoRA whose update is divided by the square root of the rank instead of the rank: large ranks stay effective.',
  chooseWhen: 'You use ranks of 32 and more.',
  avoidWhen: 'The rank is small: it is LoRA with another alpha then.',
  suits: {
    ...lora.suits!,
    quality: {
      level: 'equal',
      text: 'At rank 64 this scaling raises the share of GSM8K solved after MetaMathQA from 47.4 % to 51.3 %.',
      source: sources.comparison,
    },
  },
  format: { kind: 'peft', type: 'LORA', constants: { use_rslora: true, use_dora: false } },
  linear: loraLinear(0.5),
  embedding: loraEmbedding(0.5),
  unusual: (config, at) => unusualLora(config, 0.5, at),
})
