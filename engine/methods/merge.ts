/** Folds trained tensors into the weights of the base, computed by the same device that trains. */
import { StudioError } from '../errors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { constant, int64, type Value } from '../graph/value.ts'
import { linearBias, linearWeight } from '../models/base.ts'
import type { LoadedModel } from '../models/load.ts'
import type { EmbeddingSite, LinearSite } from '../models/sites.ts'
import { scatterNd } from '../ops/gather.ts'
import { reshape, transpose } from '../ops/layout.ts'
import type { Device, DeviceState } from '../runtimes/index.ts'
import { type AttachedModel, attach } from './attach.ts'
import type { AnyMethod } from './index.ts'

export interface MergePlan {
  /** New value of every base parameter that changes. */
  readonly changed: ReadonlyMap<string, Value>
  /** Whether a tied head must become a tensor of its own, because it and the embedding now differ. */
  readonly untiesHead: boolean
}

/** @throws StudioError('unsupported') with the method's own sentence where it cannot be merged */
export function planMerge(loaded: LoadedModel, method: AnyMethod, config: unknown): MergePlan {
  if (method.merges !== true)
    throw new StudioError(
      'unsupported',
      `${method.title} cannot be merged. ${method.merges.impossible}`,
      'Use the adapter beside the model.',
    )
  const one = { dtype: 'int32', shape: [1] } as const
  const virtual = constant({ ...one, data: Int32Array.of(0) })
  const attached = attach(loaded, method, config, {
    training: false,
    virtual,
    segments: reshape(virtual, [1, 1]),
  })
  const { facts } = loaded.model
  const changed = new Map<string, Value>()
  const keep = (name: string, value: Value | undefined, before: Value | undefined) => {
    if (value !== undefined && (value !== before || before.source.kind === 'state')) changed.set(name, value)
  }
  for (const site of loaded.sites) {
    if (site.kind === 'linear') mergeLinear(attached, method, config, site, keep)
    if (site.kind === 'embedding') mergeEmbedding(attached, method, config, site, keep)
  }
  for (const [name, shape] of loaded.parameters) {
    const value = attached.parameter(name, shape)
    if (value.source.kind === 'state' && !changed.has(name)) changed.set(name, value)
  }
  const [embedding, head] = [`${facts.embeddingModule}.weight`, `${facts.headModule}.weight`]
  if (!facts.tiedHead) return { changed, untiesHead: false }
  const shape = [facts.vocabularySize, facts.width]
  const headValue = changed.get(head) ?? attached.parameter(head, shape)
  const tokens = loaded.sites.some((s) => s.kind === 'embedding' && attached.trainedTokens(s) !== undefined)
  const same = tokens || headValue === (changed.get(embedding) ?? attached.parameter(embedding, shape))
  if (!same) changed.set(head, headValue)
  else changed.delete(head)
  return { changed, untiesHead: !same }
}

type Keep = (name: string, value: Value | undefined, before: Value | undefined) => void

function mergeLinear(
  attached: AttachedModel,
  method: AnyMethod,
  config: unknown,
  site: LinearSite,
  keep: Keep,
): void {
  const seam = attached.chosen(site) ? method.linear : undefined
  if (seam === undefined) return
  const stored = linearWeight(attached, site)
  const bias = linearBias(attached, site)
  const turned = (w: Value) => (site.layout === 'conv1d' ? transpose(w, [1, 0]) : w)
  const merged = seam.merge?.(attached.tensorsAt(site, seam.parameters(site, config)), turned(stored), bias)
  if (merged === undefined) throw cannot(method, site.module)
  keep(`${site.module}.weight`, turned(merged.weight), stored)
  keep(`${site.module}.bias`, merged.bias, bias)
}

function mergeEmbedding(
  attached: AttachedModel,
  method: AnyMethod,
  config: unknown,
  site: EmbeddingSite,
  keep: Keep,
): void {
  const name = `${site.module}.weight`
  const weight = attached.parameter(name, [site.count, site.width])
  const tokens = attached.trainedTokens(site)
  if (tokens !== undefined) {
    const at = reshape(int64(tokens.ids), [tokens.ids.length, 1])
    keep(name, scatterNd(weight, at, tokens.rows), weight)
    return
  }
  const seam = attached.chosen(site) ? method.embedding : undefined
  if (seam === undefined) return
  if (seam.merge === undefined) throw cannot(method, site.module)
  keep(name, seam.merge(attached.tensorsAt(site, seam.parameters(site, config)), weight), weight)
}

function cannot(method: AnyMethod, module: string): StudioError {
  return new StudioError(
    'internal',
    `${method.title} says it merges, but has no rule for ${module}.`,
    'Report this.',
  )
}

/** Computes one merged parameter; a model is merged tensor by tensor, so memory holds one at a time. */
export async function computeMerged(device: Device, memory: DeviceState, value: Value): Promise<HostTensor> {
  const program = await device.compile({ outputs: { value }, updates: [] }, { profile: 'low-memory' })
  try {
    const { value: result } = await program.run({}, memory)
    const data = result!.data as Float32Array
    if (data.some((x) => !Number.isFinite(x)))
      throw new StudioError(
        'diverged',
        'The merged weights contain numbers that are not finite.',
        'The adapter diverged while training; use an earlier checkpoint.',
      )
    return result!
  } finally {
    await program.dispose()
  }
}

/** Every changed parameter of the base, for the given values of the trained tensors. */
export async function mergeAdapter(
  device: Device,
  loaded: LoadedModel,
  method: AnyMethod,
  config: unknown,
  values: ReadonlyMap<string, HostTensor>,
): Promise<Map<string, HostTensor>> {
  const memory = device.createState()
  for (const [key, tensor] of values) await memory.write(key, tensor)
  const merged = new Map<string, HostTensor>()
  for (const [name, value] of planMerge(loaded, method, config).changed)
    merged.set(name, await computeMerged(device, memory, value))
  memory.dispose()
  return merged
}
