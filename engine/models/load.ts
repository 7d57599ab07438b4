/** Opens a Hugging Face model folder: architecture, mapped weights, checked against each other. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StudioError } from '../errors.ts'
import { ensureFloat32 } from '../files/float32-cache.ts'
import { loadWeight, type ModelFolder, openModelFolder } from '../files/model-folder.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { input, type Value, weight } from '../graph/value.ts'
import { sameShape } from '../ops/shapes.ts'
import type { Model, ModelInputs } from './architecture.ts'
import { segmentMask } from './attention.ts'
import { bareModel } from './base.ts'
import { readModel } from './index.ts'
import type { Attachments, Site } from './sites.ts'

export interface LoadedModel {
  readonly folder: ModelFolder
  readonly model: Model
  /** Every parameter of the graph in order of use, with its shape; a tied head is not listed. */
  readonly parameters: ReadonlyMap<string, readonly number[]>
  /** Every place where a method may attach, in order of use. */
  readonly sites: readonly Site[]
  /** The frozen, mapped tensor of a parameter. */
  frozen(name: string, shape: readonly number[]): Value
  /** A parameter read into memory as float32. */
  read(name: string): Promise<HostTensor>
  /** The name a parameter has in the files; undefined for a tied head. */
  storedName(name: string): string | undefined
  /** Numbers of the base model. */
  readonly totalParameters: number
}

export interface OpenModelOptions {
  /** Where float32 copies of half-precision models are kept. */
  readonly cacheDir?: string
  readonly signal?: AbortSignal
}

/**
 * @throws StudioError when the folder, its config or its weights are not usable, or do not belong together
 */
export async function openModel(dir: string, options: OpenModelOptions = {}): Promise<LoadedModel> {
  const original = await openModelFolder(dir)
  const model = readModel(original.config)
  const folder = await ensureFloat32(
    original,
    options.cacheDir ?? join(tmpdir(), 'peft-studio-float32'),
    undefined,
    options.signal,
  )
  const { parameters, sites } = survey(model)
  const names = new Map(
    [...parameters].map(([name, shape]) => [name, storedName(name, shape, folder, model)]),
  )
  const stored = (name: string): string => {
    const found = names.get(name)
    if (found === undefined)
      throw new StudioError('internal', `${name} is not a parameter of this model.`, 'Report this.')
    return found
  }
  return {
    folder: original,
    model,
    parameters,
    sites,
    totalParameters: [...parameters.values()].reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    ),
    frozen: (name, shape) => {
      const { path, offset, bytes } = folder.weights.get(stored(name))!
      return weight(name, shape, { path, offset, bytes })
    },
    storedName: (name) => names.get(name),
    read: (name) => loadWeight(folder, stored(name)),
  }
}

/** Runs the model's code once on one token to learn its parameters and sites. */
export function survey(model: Model): { parameters: Map<string, readonly number[]>; sites: Site[] } {
  const parameters = new Map<string, readonly number[]>()
  const sites: Site[] = []
  const tied = model.facts.tiedHead ? `${model.facts.headModule}.weight` : undefined
  const bare = bareModel({
    parameter: (name, shape) => {
      if (name !== tied) parameters.set(name, shape)
      return input(name, { dtype: 'float32', shape })
    },
  })
  const seen = <S extends Site>(site: S): S => {
    sites.push(site)
    return site
  }
  const recording: Attachments = {
    ...bare,
    linear: (site, x) => bare.linear(seen(site), x),
    embedding: (site, at) => bare.embedding(seen(site), at),
    norm: (site, x) => bare.norm(seen(site), x),
    sequence: (site, x) => bare.sequence(seen(site), x),
    prefix: (site) => bare.prefix(seen(site)),
    hidden: (site, x) => bare.hidden(seen(site), x),
    block: (site, x, y) => bare.block(seen(site), x, y),
  }
  const one = { dtype: 'int32', shape: [1] } as const
  const segments = input('segments', { dtype: 'int32', shape: [1, 1] })
  const inputs: ModelInputs = {
    rows: 1,
    length: 1,
    ids: input('ids', one),
    positions: input('positions', one),
    mask: () => segmentMask(segments, segments, undefined),
    longest: 1,
    prefixLength: 0,
  }
  model.logits(recording, model.hidden(recording, inputs))
  return { parameters, sites }
}

/** The name a parameter has in the files: as it is, or without the prefix that bare base models are saved without. */
function storedName(name: string, shape: readonly number[], folder: ModelFolder, model: Model): string {
  const { basePrefix } = model.facts
  const short = name.startsWith(`${basePrefix}.`) ? name.slice(basePrefix.length + 1) : name
  const found = [name, short].find((candidate) => folder.weights.has(candidate))
  if (found === undefined)
    throw new StudioError(
      'bad-model',
      `The weights of ${folder.dir} have no tensor ${name}, which config.json asks for.`,
      'A shard may be missing, or config.json belongs to another model: download the model again.',
    )
  const location = folder.weights.get(found)!
  if (!sameShape(location.shape, shape))
    throw new StudioError(
      'bad-model',
      `${name} has the shape [${location.shape}], but config.json asks for [${shape}].`,
      'config.json and the weights belong to different models: download the model again.',
    )
  return found
}
