/** Opens a Hugging Face model folder: architecture, mapped weights, checked against each other. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StudioError } from '../errors.ts'
import { ensureFloat32 } from '../files/float32-cache.ts'
import { loadWeight, type ModelFolder, openModelFolder } from '../files/model-folder.ts'
import { type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import { input, type Value, weight } from '../graph/value.ts'
import type { Model, ModelInputs } from './architecture.ts'
import { segmentMask } from './attention.ts'
import { bareModel } from './base.ts'
import { readModel } from './index.ts'
import type { Attachments, Site } from './sites.ts'
import { storedNames } from './weight-names.ts'

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
  return assemble(original, model, folder)
}

/**
 * The model for graphs that are looked at and not run: it opens in milliseconds, because half-precision weights are not
 * copied to float32; their regions have the size that the copy would have.
 * @throws StudioError as openModel
 */
export async function outlineModel(dir: string): Promise<LoadedModel> {
  const folder = await openModelFolder(dir)
  return assemble(folder, readModel(folder.config), folder)
}

/** @param folder where the float32 weights are */
function assemble(original: ModelFolder, model: Model, folder: ModelFolder): LoadedModel {
  const { parameters, sites } = survey(model)
  const names = storedNames(folder, model.facts, parameters)
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
    totalParameters: [...parameters.values()].reduce((sum, shape) => sum + sizeOf(shape), 0),
    frozen: (name, shape) => {
      const { path, offset } = folder.weights.get(stored(name))!
      return weight(name, shape, { path, offset, bytes: 4 * sizeOf(shape) })
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
