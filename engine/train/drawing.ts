/** What a method changes in a model, place by place: computed by attaching it, never described by hand. */
import { sizeOf } from '../graph/host-tensor.ts'
import type { TrainedTensor } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import type { LoadedModel } from '../models/load.ts'
import type { Site } from '../models/sites.ts'
import { modelGraph } from './model-graph.ts'

export interface DrawnTensor {
  readonly key: string
  readonly shape: readonly number[]
  readonly parameters: number
  /** Whether it is a tensor of the base, trained in place. */
  readonly ofBase: boolean
}

export interface DrawnSite {
  readonly kind: Site['kind'] | 'parameter'
  /** Name inside its layer; outside of layers the whole name. */
  readonly name: string
  /** Whole name, of the first layer of a group. */
  readonly module: string
  /** What it is, in words. */
  readonly what: string
  readonly shape: readonly number[]
  /** Numbers of the base model at this place. */
  readonly baseParameters: number
  /** The module whose trained tensor this place uses, too: a tied head. */
  readonly sharedWith: string | null
  readonly trained: readonly DrawnTensor[]
}

export interface DrawnLayers {
  readonly layers: readonly number[]
  /** Name of the first layer's module. */
  readonly module: string
  readonly sites: readonly DrawnSite[]
}

export interface ModelDrawing {
  readonly before: readonly DrawnSite[]
  /** Layers that are the same and get the same, by the number of the first. */
  readonly groups: readonly DrawnLayers[]
  readonly after: readonly DrawnSite[]
  readonly virtualTokens: number
  readonly prefixLength: number
  readonly trainedParameters: number
  readonly trainedTensors: number
}

/**
 * @param config checked by the method's fields
 * @throws StudioError as building the model's graph does
 */
export function drawModel(loaded: LoadedModel, method: AnyMethod, config: unknown): ModelDrawing {
  const shape = { rows: 1, length: 2, labelSlots: 1 }
  const trained = [...modelGraph(loaded, method, config, shape, false).attached.trained.values()]
  const places = placesOf(loaded, trained)
  const inLayers = places.filter((place) => place.layer !== undefined)
  const first = inLayers[0] === undefined ? places.length : places.indexOf(inLayers[0])
  const outside = places.filter((place) => place.layer === undefined)
  const drawn = (list: readonly Place[]) => list.map((place) => place.drawn)
  return {
    before: drawn(outside.filter((place) => places.indexOf(place) < first)),
    groups: grouped(inLayers),
    after: drawn(outside.filter((place) => places.indexOf(place) >= first)),
    virtualTokens: method.virtualTokens?.(config) ?? 0,
    prefixLength: method.prefixLength?.(config) ?? 0,
    trainedParameters: trained.reduce((sum, t) => sum + sizeOf(t.shape), 0),
    trainedTensors: trained.length,
  }
}

interface Place {
  readonly layer: number | undefined
  readonly layerModule: string
  readonly drawn: DrawnSite
}

/** Every site in order of use with what is trained there; base parameters that no site owns come last. */
function placesOf(loaded: LoadedModel, trained: readonly TrainedTensor[]): Place[] {
  const layerModules = new Map<number, string>()
  for (const site of loaded.sites) if (site.kind === 'block') layerModules.set(site.layer, site.module)
  const layerOf = (module: string): number | undefined =>
    [...layerModules].find(([, name]) => module === name || module.startsWith(`${name}.`))?.[0]
  const owners = loaded.sites.filter((site) => ['linear', 'embedding', 'norm'].includes(site.kind))
  const bySite = Map.groupBy(trained, (tensor) => tensor.site ?? ownerOf(tensor, owners))
  const place = (site: Site): Place => {
    const layer = layerOf(site.module)
    const layerModule = layer === undefined ? '' : layerModules.get(layer)!
    const short = site.module === layerModule ? '' : site.module.slice(layerModule.length + 1)
    const name = layer === undefined ? site.module : short
    return {
      layer,
      layerModule,
      drawn: {
        ...wordsOf(site, name),
        module: site.module,
        baseParameters: baseParameters(loaded, site),
        sharedWith:
          trained.find((t) => t.sharedWith === `${site.module}.weight`)?.base?.replace(/\.weight$/, '') ??
          null,
        trained: tensorsOf(
          [...bySite].filter(([at]) => at && sameSite(at, site)).flatMap(([, list]) => list),
        ),
      },
    }
  }
  const places = loaded.sites.map(place)
  for (const tensor of bySite.get(undefined) ?? []) {
    const module = tensor.base ?? tensor.key
    const layer = layerOf(module)
    const layerModule = layer === undefined ? '' : layerModules.get(layer)!
    places.push({
      layer,
      layerModule,
      drawn: {
        kind: 'parameter',
        name: layer === undefined ? module : module.slice(layerModule.length + 1),
        module,
        what: 'parameter of the base',
        shape: tensor.shape,
        baseParameters: sizeOf(tensor.shape),
        sharedWith: null,
        trained: tensorsOf([tensor]),
      },
    })
  }
  return places
}

/** Sites are made anew in each graph: they are the same where kind, module and part are. */
function sameSite(a: Site, b: Site): boolean {
  if (a.kind !== b.kind || a.module !== b.module) return false
  if (a.kind === 'block' && b.kind === 'block') return a.part === b.part
  return !(a.kind === 'sequence' && b.kind === 'sequence') || a.stage === b.stage
}

/** The site whose module a base parameter belongs to. */
function ownerOf({ key, base }: TrainedTensor, owners: readonly Site[]): Site | undefined {
  const name = base ?? key
  return (
    owners.find((site) => name.slice(0, name.lastIndexOf('.')) === site.module) ??
    owners.find((site) => name.includes(`${site.module}.`))
  )
}

const tensorsOf = (tensors: readonly TrainedTensor[]): DrawnTensor[] =>
  tensors.map(({ key, shape, base }) => ({
    key,
    shape,
    parameters: sizeOf(shape),
    ofBase: base !== undefined,
  }))

function baseParameters(loaded: LoadedModel, site: Site): number {
  if (!['linear', 'embedding', 'norm'].includes(site.kind)) return 0
  return ['weight', 'bias'].reduce((sum, leaf) => {
    const shape = loaded.parameters.get(`${site.module}.${leaf}`)
    return sum + (shape === undefined ? 0 : sizeOf(shape))
  }, 0)
}

function wordsOf(site: Site, name: string): Pick<DrawnSite, 'kind' | 'name' | 'what' | 'shape'> {
  const { kind } = site
  switch (kind) {
    case 'linear':
      return {
        kind,
        name,
        what: site.isHead ? 'projection to the vocabulary' : 'linear layer',
        shape: [site.outFeatures, site.inFeatures],
      }
    case 'embedding':
      return { kind, name, what: `embedding of ${site.of}s`, shape: [site.count, site.width] }
    case 'norm':
      return { kind, name, what: site.norm === 'rms' ? 'RMS norm' : 'layer norm', shape: [site.width] }
    case 'sequence': {
      const what = site.stage === 'tokens' ? 'input sequence, before positions' : 'input of the first layer'
      return { kind, name, what, shape: [site.width] }
    }
    case 'key-value':
      return { kind, name, what: 'keys and values of attention', shape: [site.heads, site.headSize] }
    case 'hidden':
      return { kind, name, what: 'hidden layer of the feed-forward part', shape: [site.width] }
    case 'block':
      return { kind, name: site.part, what: `where ${site.part} joins the stream`, shape: [site.width] }
  }
}

/** Puts layers together, wherever they stand, whose sites and trained tensors differ in nothing but the number. */
function grouped(places: readonly Place[]): DrawnLayers[] {
  const byLayer = [...Map.groupBy(places, (place) => place.layer!)].sort(([a], [b]) => a - b)
  const groups = new Map<string, { layers: number[]; module: string; sites: DrawnSite[] }>()
  for (const [layer, members] of byLayer) {
    const sites = members.map((place) => place.drawn)
    const print = JSON.stringify(
      sites.map(({ kind, name, shape, trained }) => [
        kind,
        name,
        shape,
        trained.map((t) => [t.shape, t.ofBase]),
      ]),
    )
    const group = groups.get(print)
    if (group === undefined) groups.set(print, { layers: [layer], module: members[0]!.layerModule, sites })
    else group.layers.push(layer)
  }
  return [...groups.values()]
}
