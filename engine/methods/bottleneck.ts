/** Bottleneck adapters as AdapterHub's `adapters` library builds them: options, placement, tensor names. */
import { StudioError } from '../errors.ts'
import type { Value } from '../graph/value.ts'
import type { BlockSite, SequenceSite, Site } from '../models/sites.ts'
import { activations } from '../ops/activation.ts'
import { add, mul, scale } from '../ops/arithmetic.ts'
import { concat, split } from '../ops/layout.ts'
import { sigmoid } from '../ops/math.ts'
import { gemm } from '../ops/matmul.ts'
import { layerNormalization } from '../ops/normalization.ts'
import type { BottleneckConfig, bottleneckFields } from './bottleneck-fields.ts'
import { type Initializer, kaimingUniform, normal, ones, truncatedNormal, zeros } from './initializers.ts'
import { blockSeam, type Method, type ParameterSpec, sequenceSeam } from './method.ts'
import { sources } from './suits.ts'

/** floor(width / factor), at least 1; the factor may be given per layer. */
export function bottleneckWidth(site: BlockSite, config: BottleneckConfig): number {
  const map = config.reduction_factor
  const factor = typeof map === 'number' ? map : (map[String(site.layer)] ?? map.default)
  if (factor === undefined)
    throw new StudioError(
      'bad-config',
      `reduction_factor says nothing about layer ${site.layer}.`,
      'Add that layer or "default" to the map.',
    )
  return Math.max(1, Math.floor(site.width / factor))
}

function starts(config: BottleneckConfig): { down: Initializer; up: Initializer } {
  if (config.init_weights === 'mam_adapter') return { down: kaimingUniform, up: zeros }
  const init = config.init_weights === 'houlsby' ? truncatedNormal(0.01, 0.02) : normal(0.02)
  return { down: init, up: init }
}

/** `model.layers.0` + `output_adapters.adapters.NAME.` (AdapterHub keeps the adapter's name in its keys). */
function prefixOf(site: BlockSite): string {
  return `${site.part === 'attention' ? 'attention_adapters' : 'output_adapters'}.adapters.{name}.`
}

function parameters(site: BlockSite, config: BottleneckConfig) {
  const inner = bottleneckWidth(site, config)
  const { width } = site
  const { down, up } = starts(config)
  const at = prefixOf(site)
  const spec = (
    key: string,
    shape: readonly number[],
    init: Initializer,
    ...aliases: string[]
  ): ParameterSpec => ({
    key: at + key,
    shape,
    init,
    ...(aliases.length > 0 ? { aliases: aliases.map((alias) => at + alias) } : {}),
  })
  // With a norm in front, the library puts it at index 0 of the same container and also under a name of its own.
  const index = config.ln_before ? 1 : 0
  return {
    normWeight: config.ln_before
      ? spec('adapter_norm_before.weight', [width], ones, 'adapter_down.0.weight')
      : undefined,
    normBias: config.ln_before
      ? spec('adapter_norm_before.bias', [width], zeros, 'adapter_down.0.bias')
      : undefined,
    down: spec(`adapter_down.${index}.weight`, [inner, width], down),
    downBias: spec(`adapter_down.${index}.bias`, [inner], zeros),
    up: spec('adapter_up.weight', [width, inner], up),
    upBias: spec('adapter_up.bias', [width], zeros),
    afterWeight: config.ln_after ? spec('adapter_norm_after.weight', [width], ones) : undefined,
    afterBias: config.ln_after ? spec('adapter_norm_after.bias', [width], zeros) : undefined,
    scaling:
      typeof config.scaling === 'string'
        ? spec('scaling', [config.scaling === 'channel' ? width : 1], ones)
        : undefined,
    gate: config.use_gating ? spec('gate.weight', [1, width], normal(0.02)) : undefined,
    gateBias: config.use_gating ? spec('gate.bias', [1], zeros) : undefined,
  }
}

const EPSILON = 1e-5

/** Where the adapter stands, without a norm behind the block (LLaMA and GPT-2 normalise before their sub-layers). */
const block = blockSeam({
  parameters,
  forward: ({ config, p, env }, x: Value, y: Value) => {
    // core(z) = s · up(f(down(norm z))) · g
    const core = (z: Value): Value => {
      const normed = p.normWeight ? layerNormalization(z, p.normWeight, p.normBias, EPSILON) : z
      const inner = activations[config.non_linearity]!(gemm(normed, p.down, { transB: 1, c: p.downBias }))
      const out = gemm(inner, p.up, { transB: 1, c: p.upBias })
      const scaled = p.scaling ? mul(out, p.scaling) : scale(out, config.scaling as number)
      const dropped = env.dropout(scaled, config.dropout)
      if (!p.gate) return dropped
      return mul(dropped, env.segmentMean(sigmoid(gemm(z, p.gate, { transB: 1, c: p.gateBias }))))
    }
    const after = (z: Value): Value =>
      p.afterWeight ? layerNormalization(z, p.afterWeight, p.afterBias, EPSILON) : z
    const finish = (o: Value): Value => (config.original_ln_after ? add(o, x) : o)
    if (config.is_parallel) return finish(add(after(core(x)), y))
    const z = config.original_ln_before ? add(y, x) : y
    const residual = config.residual_before_ln ? y : z
    return finish(
      config.adapter_residual_before_ln ? after(add(core(z), residual)) : add(after(core(z)), residual),
    )
  },
})

/** NICE coupling: y₁ = x₁ + F(x₂), y₂ = x₂ + G(y₁), each a two-layer network over half of the width. */
const invertible = sequenceSeam({
  stage: 'stream',
  parameters: (site: SequenceSite, config: BottleneckConfig) => {
    const half = site.width / 2
    const inner = Math.floor(half / (config.inv_adapter_reduction_factor ?? 2))
    const spec = (key: string, shape: readonly number[], init: Initializer): ParameterSpec => ({
      key: `invertible_adapters.{name}.${key}`,
      shape,
      init,
    })
    const net = (name: 'F' | 'G') => ({
      inner: spec(`${name}.0.weight`, [inner, half], normal(0.02)),
      innerBias: spec(`${name}.0.bias`, [inner], zeros),
      outer: spec(`${name}.2.weight`, [half, inner], normal(0.02)),
      outerBias: spec(`${name}.2.bias`, [half], zeros),
    })
    const [f, g] = [net('F'), net('G')]
    return {
      f1: f.inner,
      f1Bias: f.innerBias,
      f2: f.outer,
      f2Bias: f.outerBias,
      g1: g.inner,
      g1Bias: g.innerBias,
      g2: g.outer,
      g2Bias: g.outerBias,
    }
  },
  forward: ({ config, p }, x: Value) => {
    const half = x.shape[1]! / 2
    const [x1, x2] = split(x, 1, [half, half]) as [Value, Value]
    const act = activations[config.non_linearity]!
    const F = (z: Value) =>
      gemm(act(gemm(z, p.f1, { transB: 1, c: p.f1Bias })), p.f2, { transB: 1, c: p.f2Bias })
    const G = (z: Value) =>
      gemm(act(gemm(z, p.g1, { transB: 1, c: p.g1Bias })), p.g2, { transB: 1, c: p.g2Bias })
    const y1 = add(x1, F(x2))
    return concat([y1, add(x2, G(y1))], 1)
  },
})

function selects(site: Site, config: BottleneckConfig): boolean {
  if (site.kind === 'sequence') return config.inv_adapter !== null && site.stage === 'stream'
  if (site.kind !== 'block' || config.leave_out.includes(site.layer)) return false
  return site.part === 'attention' ? config.mh_adapter : config.output_adapter
}

/** Everything that the bottleneck methods share; each file gives its name, paper and defaults. */
export const bottleneck = {
  taxonomy: 'additive: adapter',
  defaults: {
    learningRate: 2e-3,
    weightDecay: 0,
    warmupRatio: 0.05,
    sensibleRate: {
      low: 3e-5,
      high: 1e-2,
      because: 'Houlsby et al. search between 3e-5 and 3e-3, and narrow models take more',
    },
  },
  suits: {
    quality: {
      level: 'close',
      text: 'Bottleneck adapters come within 0.4 points of full fine-tuning on GLUE with 3.6 % trained parameters per task.',
      source: sources.houlsby,
    },
    examples: {
      from: 500,
      to: null,
      text: 'Shown on GLUE, whose tasks have from 2 500 to 393 000 training examples, and on 17 further tasks.',
      source: sources.houlsby,
    },
    distance: {
      upTo: 'task',
      text: 'Shown on 26 classification tasks that the base model was not trained for.',
      source: sources.houlsby,
    },
  },
  format: { kind: 'adapterhub' },
  selects,
  merges: {
    impossible:
      'The adapter is a small network with a non-linear function, which no weight of the base can hold.',
  },
  uncached: (config) =>
    config.use_gating
      ? 'the gate averages over the whole sequence, so every new token changes all before it'
      : undefined,
  block,
  sequence: [invertible],
  unusual: (config, { sites }) => {
    const blocks = sites.filter((site) => site.kind === 'block')
    const narrow = blocks.filter((site) => bottleneckWidth(site, config) === 1)
    if (narrow[0] === undefined) return []
    const suggestion = Math.max(1, Math.floor(narrow[0].width / 8))
    return [
      {
        field: 'reduction_factor',
        message: `The bottleneck of ${narrow.length} of ${blocks.length} adapters is a single number wide.`,
        hint: `This model is ${narrow[0].width} wide: a factor of ${suggestion} leaves 8.`,
        suggestion,
      },
    ]
  },
  check: (config) => {
    if (!config.mh_adapter && !config.output_adapter && config.inv_adapter === null)
      throw new StudioError(
        'bad-config',
        'No place for an adapter is chosen.',
        'Set mh_adapter or output_adapter.',
      )
  },
} satisfies Partial<Method<typeof bottleneckFields>>
