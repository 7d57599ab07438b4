/** What happens at a site when no method is attached: the plain layers of a model. */
import type { Value } from '../graph/value.ts'
import { add } from '../ops/arithmetic.ts'
import { gather } from '../ops/gather.ts'
import { gemm } from '../ops/matmul.ts'
import { layerNormalization, rmsNormalization } from '../ops/normalization.ts'
import type { Attachments, EmbeddingSite, LinearSite, NormSite } from './sites.ts'

type Parameters = Pick<Attachments, 'parameter'>

/** The stored weight of a dense layer: [out, in], or [in, out] for Conv1D. */
export function linearWeight(from: Parameters, site: LinearSite): Value {
  const shape =
    site.layout === 'linear' ? [site.outFeatures, site.inFeatures] : [site.inFeatures, site.outFeatures]
  return from.parameter(`${site.module}.weight`, shape)
}

export function linearBias(from: Parameters, site: LinearSite): Value | undefined {
  return site.hasBias ? from.parameter(`${site.module}.bias`, [site.outFeatures]) : undefined
}

/** x·Wᵀ + b; [tokens, in] → [tokens, out]. `bias` overrides the layer's own (null = none). */
export function linearForward(from: Parameters, site: LinearSite, x: Value, bias?: Value | null): Value {
  const c = bias === null ? undefined : (bias ?? linearBias(from, site))
  return gemm(x, linearWeight(from, site), { transB: site.layout === 'linear' ? 1 : 0, c })
}

export function embeddingForward(from: Parameters, site: EmbeddingSite, at: Value): Value {
  return gather(from.parameter(`${site.module}.weight`, [site.count, site.width]), at)
}

export function normForward(from: Parameters, site: NormSite, x: Value): Value {
  const weight = from.parameter(`${site.module}.weight`, [site.width])
  if (site.norm === 'rms') return rmsNormalization(x, weight, site.epsilon)
  return layerNormalization(x, weight, from.parameter(`${site.module}.bias`, [site.width]), site.epsilon)
}

/** Attachments of the bare base model over a source of parameters. */
export function bareModel(from: Parameters): Attachments {
  return {
    parameter: (name, shape) => from.parameter(name, shape),
    linear: (site, x) => linearForward(from, site, x),
    embedding: (site, at) => embeddingForward(from, site, at),
    norm: (site, x) => normForward(from, site, x),
    sequence: (_, x) => x,
    prefix: () => undefined,
    hidden: (_, x) => x,
    block: (_, x, y) => add(x, y),
  }
}
