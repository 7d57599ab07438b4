/** The options of bottleneck adapters, in the names of AdapterHub's `BnConfig`. */
import { z } from 'zod'
import { boolean, type ConfigOf, choice, custom, number } from './fields.ts'

type ReductionFactor = number | Readonly<Record<string, number>>

export const bottleneckFields = {
  mh_adapter: boolean({
    label: 'After attention',
    help: 'An adapter after each attention part.',
    default: false,
  }),
  output_adapter: boolean({
    label: 'After feed-forward',
    help: 'An adapter after each feed-forward part.',
    default: true,
  }),
  reduction_factor: custom<ReductionFactor>({
    label: 'Reduction factor',
    help: 'The bottleneck is the model width divided by this; a map {"1": 16, "default": 4} sets it per layer.',
    default: 16,
    schema: z.union([z.number().positive(), z.record(z.string(), z.number().positive())]),
    format: '16',
  }),
  non_linearity: choice({
    label: 'Activation',
    help: 'The function inside the bottleneck.',
    default: 'relu',
    options: {
      relu: 'ReLU',
      swish: 'Swish (SiLU)',
      silu: 'SiLU',
      gelu: 'GELU, exact',
      gelu_new: 'GELU, tanh form',
      leakyrelu: 'Leaky ReLU',
      tanh: 'tanh',
      sigmoid: 'sigmoid',
      linear: 'none',
    },
  }),
  original_ln_before: boolean({
    label: 'Residual before',
    help: 'The adapter sees the sub-layer output with the residual added.',
    default: false,
    advanced: true,
  }),
  original_ln_after: boolean({
    label: 'Residual after',
    help: 'The residual is added after the adapter.',
    default: true,
    advanced: true,
  }),
  ln_before: boolean({
    label: 'Norm before',
    help: 'A trained layer norm before the bottleneck.',
    default: false,
    advanced: true,
  }),
  ln_after: boolean({
    label: 'Norm after',
    help: 'A trained layer norm after the bottleneck.',
    default: false,
    advanced: true,
  }),
  init_weights: choice({
    label: 'Start',
    help: 'How the bottleneck starts.',
    default: 'bert',
    options: {
      bert: 'normal, deviation 0.02',
      mam_adapter: 'down uniform, up zero: starts as the unchanged model',
      houlsby: 'normal, deviation 0.01, cut at 0.02',
    },
    advanced: true,
  }),
  is_parallel: boolean({
    label: 'Parallel',
    help: 'Beside the sub-layer instead of behind it.',
    default: false,
    advanced: true,
  }),
  scaling: custom<number | 'learned' | 'channel'>({
    label: 'Scaling',
    help: 'Factor on the adapter output: a number, "learned", or "channel" (learned per channel).',
    default: 1,
    schema: z.union([z.number(), z.literal('learned'), z.literal('channel')]),
    format: '1.0',
    advanced: true,
  }),
  use_gating: boolean({
    label: 'Gate',
    help: 'A learned gate per example; it averages over the whole sequence.',
    default: false,
    advanced: true,
  }),
  residual_before_ln: boolean({
    label: 'Residual of the output',
    help: 'Adds the sub-layer output (not the adapter input) to the adapter output.',
    default: true,
    advanced: true,
  }),
  adapter_residual_before_ln: boolean({
    label: 'Residual before the norm',
    help: 'Adds the residual before the norm behind the adapter.',
    default: false,
    advanced: true,
  }),
  inv_adapter: custom<'nice' | null>({
    label: 'Invertible block',
    help: '"nice": an invertible block on the embeddings as well.',
    default: null,
    schema: z.union([z.literal('nice'), z.null()]),
    format: 'nice',
    advanced: true,
  }),
  inv_adapter_reduction_factor: custom<number | null>({
    label: 'Reduction of the invertible block',
    help: 'Half the model width divided by this is its inner width.',
    default: null,
    schema: z.union([z.number().positive(), z.null()]),
    format: '2',
    advanced: true,
  }),
  leave_out: custom<readonly number[]>({
    label: 'Leave out layers',
    help: 'Numbers of the layers without adapter.',
    default: [],
    schema: z.array(z.number().int().min(0)),
    format: '[0, 1]',
    names: 'layers',
    advanced: true,
  }),
  dropout: number({
    label: 'Dropout',
    help: 'Share of the adapter output dropped while training.',
    default: 0,
    min: 0,
    max: 0.99,
    sensible: { high: 0.3, because: 'most of what the adapter says is then lost' },
  }),
} as const

export type BottleneckConfig = ConfigOf<typeof bottleneckFields>

/** The fields with other defaults. */
export function bottleneckPreset(changes: Partial<BottleneckConfig>): typeof bottleneckFields {
  const entries = Object.entries(bottleneckFields).map(([key, field]) => [
    key,
    key in changes ? { ...field, default: changes[key as keyof BottleneckConfig] } : field,
  ])
  return Object.fromEntries(entries) as typeof bottleneckFields
}
