/** DoRA: LoRA on the direction of each weight row, with its length trained apart (Liu et al. 2024, arXiv 2402.09353). */
import { StudioError } from '../errors.ts'
import type { Value } from '../graph/value.ts'
import type { LinearSite } from '../models/sites.ts'
import { add, div, mul, scale, sub } from '../ops/arithmetic.ts'
import { stopGradient } from '../ops/cast.ts'
import { reshape } from '../ops/layout.ts'
import { sqrt, square } from '../ops/math.ts'
import { gemm } from '../ops/matmul.ts'
import { reduceSum } from '../ops/reduce.ts'
import { boolean, type ConfigOf } from './fields.ts'
import type { InitContext } from './initializers.ts'
import { lora, loraFields, loraParameters, strength, unusualLora } from './lora.ts'
import { defineMethod, linearSeam } from './method.ts'
import { sources } from './suits.ts'

const fields = {
  ...loraFields,
  use_rslora: boolean({
    label: 'Rank-stabilised',
    help: 'Divides the update by the square root of the rank instead of the rank.',
    default: false,
    advanced: true,
  }),
} as const

type DoraConfig = ConfigOf<typeof fields>

const strengthOf = (site: LinearSite, config: DoraConfig) =>
  strength(site, config, config.use_rslora ? 0.5 : 1)

/**
 * ‖W + s·B·A‖ per output row without building B·A: ‖W‖² + 2s·Σ (W·Aᵀ)∘B + s²·Σ (B·(A·Aᵀ))∘B.
 * No gradient flows through the norm (section 4.3 of the paper, and PEFT).
 */
function rowNorm(weight: Value, layout: LinearSite['layout'], A: Value, B: Value, s: number): Value {
  const axis = layout === 'linear' ? 1 : 0
  const own = reshape(reduceSum(square(weight), [axis], 0), [B.shape[0]!])
  const cross = reduceSum(mul(gemm(weight, A, { transA: layout === 'linear' ? 0 : 1, transB: 1 }), B), [1], 0)
  const update = reduceSum(mul(gemm(B, gemm(A, A, { transB: 1 })), B), [1], 0)
  return stopGradient(sqrt(add(add(own, scale(cross, 2 * s)), scale(update, s * s))))
}

/** Length of each row of the base weight. */
const initialMagnitude = (site: LinearSite) => async (_: readonly number[], context: InitContext) => {
  const weight = (await context.frozenWeight(`${site.module}.weight`)).data as Float32Array
  const sums = new Float64Array(site.outFeatures)
  weight.forEach((w, i) => {
    sums[site.layout === 'linear' ? Math.floor(i / site.inFeatures) : i % site.outFeatures]! += w * w
  })
  return Float32Array.from(sums, Math.sqrt)
}

const { embedding: _, ...shared } = lora

export const dora = defineMethod({
  ...shared,
  name: 'dora',
  title: 'DoRA',
  paper: sources.dora,
  explain:
    'LoRA that learns the length and the direction of each weight row apart, closer to what full fine-tuning does.',
  chooseWhen: 'LoRA at a low rank falls short and a somewhat slower step is acceptable.',
  avoidWhen: 'Speed matters most: each step also measures the rows of every adapted weight.',
  fields,
  suits: {
    ...lora.suits!,
    quality: {
      level: 'equal',
      text: 'On eight commonsense tasks with LLaMA-7B it reaches 78.4 % on average, LoRA 74.7 %.',
      source: sources.dora,
    },
  },
  format: { kind: 'peft', type: 'LORA', constants: { use_dora: true } },
  linear: linearSeam({
    parameters: (site, config: DoraConfig) => ({
      ...loraParameters(site, config),
      magnitude: { shape: [site.outFeatures], init: initialMagnitude(site), key: 'lora_magnitude_vector' },
    }),
    // y = (m/n)·(W·x + s·B·A·x) + b;  with dropout W sees the dropped x in the part that m/n − 1 multiplies
    forward: ({ site, config, p, env }, x, base) => {
      const { scaling } = strengthOf(site, config)
      const shape =
        site.layout === 'linear' ? [site.outFeatures, site.inFeatures] : [site.inFeatures, site.outFeatures]
      const weight = env.parameter(`${site.module}.weight`, shape)
      const ratio = div(p.magnitude, rowNorm(weight, site.layout, p.A, p.B, scaling))
      const dropped = env.dropout(x, config.lora_dropout)
      const inner = gemm(dropped, p.A, { transB: 1 })
      const directed = mul(ratio, gemm(inner, p.B, { transB: 1, alpha: scaling, c: base(dropped, null) }))
      if (dropped !== x) return add(base(x), sub(directed, base(dropped, null)))
      return site.hasBias ? add(directed, env.parameter(`${site.module}.bias`, [site.outFeatures])) : directed
    },
    merge: ({ site, config, p }, weight, bias) => {
      const { scaling } = strengthOf(site, config)
      const ratio = div(p.magnitude, rowNorm(weight, 'linear', p.A, p.B, scaling))
      const moved = gemm(p.B, p.A, { alpha: scaling, c: weight })
      return { weight: mul(reshape(ratio, [site.outFeatures, 1]), moved), bias }
    },
  }),
  unusual: (config: DoraConfig, at) => unusualLora(config, config.use_rslora ? 0.5 : 1, at),
  check: (config) => {
    if (config.lora_bias)
      throw new StudioError('bad-config', 'DoRA has no bias on B.', 'Leave lora_bias false, or choose LoRA.')
  },
})
