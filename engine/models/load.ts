/** Opens a Hugging Face model folder: architecture, mapped weights, checked against each other. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StudioError } from '../errors.ts'
import { ensureFloat32 } from '../files/float32-cache.ts'
import { loadWeight, type ModelFolder, openModelFolder } from '../files/model-folder.ts'
import type { ConversionProgress } from '../files/weight-copies.ts'
import { type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import { input, type Value } from '../graph/value.ts'
import type { Model, ModelInputs } from './architecture.ts'
import { segmentMask } from './attention.ts'
import { bareModel } from './base.ts'
import { readModel } from './index.ts'
import { type Place, prepareWeights, readAs } from './prepare-weights.ts'
import type { Attachments, Site } from './sites.ts'
import { formOf, frozenValue, rolesOf, type WeightChoice, type WeightForm } from './weight-forms.ts'
import { storedNames } from './weight-names.ts'

export interface LoadedModel {
  readonly folder: ModelFolder
  readonly model: Model
  /** How the frozen weights are kept in memory. */
  readonly weights: WeightChoice
  /** Every parameter of the graph in order of use, with its shape; a tied head is not listed. */
  readonly parameters: ReadonlyMap<string, readonly number[]>
  /** Every place where a method may attach, in order of use. */
  readonly sites: readonly Site[]
  /** The frozen, mapped tensor of a parameter as float32, for one use in the graph. */
  frozen(name: string, shape: readonly number[]): Value
  /** A parameter read into memory as float32, as the model's files have it. */
  read(name: string): Promise<HostTensor>
  /** What the frozen tensor of a parameter stands for in the graph: rounded where it is kept in fewer bits. */
  readFrozen(name: string): Promise<HostTensor>
  /** The form that a parameter takes in a choice, frozen. */
  form(name: string, choice: WeightChoice): WeightForm
  /** The same model with its frozen weights in another form, for graphs that are looked at and not run. */
  outlined(weights: WeightChoice): LoadedModel
  /** The name a parameter has in the files; undefined for a tied head. */
  storedName(name: string): string | undefined
  /** Numbers of the base model. */
  readonly totalParameters: number
}

export interface OpenModelOptions {
  /** Where copies of weights in other forms are kept. */
  readonly cacheDir?: string
  /** How the frozen weights are kept in memory. */
  readonly weights?: WeightChoice
  /** Told while a copy is made. */
  readonly onProgress?: ConversionProgress
  readonly signal?: AbortSignal
}

/**
 * @throws StudioError when the folder, its config or its weights are not usable, or do not belong together
 */
export async function openModel(dir: string, options: OpenModelOptions = {}): Promise<LoadedModel> {
  const folder = await openModelFolder(dir)
  const { weights: choice = 'float32', onProgress, signal } = options
  const cacheDir = options.cacheDir ?? join(tmpdir(), 'peft-studio-float32')
  const outline = assemble(folder, choice)
  if (choice === 'float32') {
    const { weights } = await ensureFloat32(folder, cacheDir, onProgress, signal)
    return assemble(folder, choice, weights)
  }
  const names = [...outline.parameters.keys()]
  const forms = new Map(names.map((name) => [outline.storedName(name)!, outline.form(name, choice)]))
  return assemble(
    folder,
    choice,
    await prepareWeights(folder, choice, forms, { cacheDir, onProgress, signal }),
  )
}

/**
 * The model for graphs that are looked at and not run: it opens in milliseconds, because weights are not brought into another
 * form; their regions have the size that the copy would have.
 * @throws StudioError as openModel
 */
export async function outlineModel(dir: string, weights: WeightChoice = 'float32'): Promise<LoadedModel> {
  return assemble(await openModelFolder(dir), weights)
}

/** @param places where the weights lie in their form; left out: nowhere yet */
function assemble(
  folder: ModelFolder,
  choice: WeightChoice,
  places: ReadonlyMap<string, Place> = folder.weights,
): LoadedModel {
  const model = readModel(folder.config)
  const { parameters, sites } = survey(model)
  const names = storedNames(folder, model.facts, parameters)
  const role = rolesOf(sites, model.facts)
  const stored = (name: string): string => {
    const found = names.get(name)
    if (found === undefined)
      throw new StudioError('internal', `${name} is not a parameter of this model.`, 'Report this.')
    return found
  }
  const form = (name: string, of: WeightChoice): WeightForm => {
    const { dtype, shape } = folder.weights.get(stored(name))!
    return formOf(of, role(name), shape, dtype)
  }
  return {
    folder,
    model,
    weights: choice,
    parameters,
    sites,
    totalParameters: [...parameters.values()].reduce((sum, shape) => sum + sizeOf(shape), 0),
    frozen: (name, shape) => frozenValue(name, shape, form(name, choice), places.get(stored(name))!),
    form,
    outlined: (weights) => assemble(folder, weights),
    storedName: (name) => names.get(name),
    read: (name) => loadWeight(folder, stored(name)),
    readFrozen: (name) => readAs(folder, stored(name), form(name, choice)),
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
