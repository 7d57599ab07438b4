/** What is known about when a method does well, each statement with the place where it was found. */

export interface Source {
  readonly title: string
  readonly url: string
}

export interface Claim {
  /** One plain sentence. */
  readonly text: string
  readonly source: Source
}

/** How far from what the model does already a task may be, from near to far. */
export const distances = ['style', 'task', 'knowledge'] as const
export type Distance = (typeof distances)[number]

export interface Suits {
  /** Numbers of training examples with which it is known to do well; null = no upper end is known. */
  readonly examples: Claim & { readonly from: number; readonly to: number | null }
  /** The farthest kind of task that it can be expected to learn. */
  readonly distance: Claim & { readonly upTo: Distance }
  /** How near published comparisons bring it to full fine-tuning. */
  readonly quality: Claim & { readonly level: 'equal' | 'close' | 'behind' }
  /** Size of the base model from which it keeps up with the other methods; left out: any. */
  readonly baseModel?: Claim & { readonly parametersFrom: number }
}

/** Every claim of a method, to be shown. */
export function claimsOf({ examples, distance, quality, baseModel }: Suits): readonly Claim[] {
  return [quality, examples, distance, ...(baseModel === undefined ? [] : [baseModel])]
}

/** Publications that several methods cite. */
export const sources = {
  comparison: {
    title: 'Hugging Face PEFT, method comparison (Llama-3.2-3B on MetaMathQA, July 2026)',
    url: 'https://github.com/huggingface/peft/tree/main/method_comparison',
  },
  learnsLess: { title: 'LoRA Learns Less and Forgets Less', url: 'https://arxiv.org/abs/2405.09673' },
  withoutRegret: {
    title: 'LoRA Without Regret (Thinking Machines, 2025)',
    url: 'https://thinkingmachines.ai/blog/lora/',
  },
  survey: {
    title: 'Scaling Down to Scale Up: A Guide to Parameter-Efficient Fine-Tuning',
    url: 'https://arxiv.org/abs/2303.15647',
  },
  unifiedView: {
    title: 'Towards a Unified View of Parameter-Efficient Transfer Learning',
    url: 'https://arxiv.org/abs/2110.04366',
  },
  dora: {
    title: 'DoRA: Weight-Decomposed Low-Rank Adaptation',
    url: 'https://arxiv.org/abs/2402.09353',
  },
  houlsby: {
    title: 'Parameter-Efficient Transfer Learning for NLP',
    url: 'https://arxiv.org/abs/1902.00751',
  },
} as const satisfies Readonly<Record<string, Source>>
