/** Which tensor of a folder is which parameter of the model, and whether the two belong together at all. */
import { StudioError } from '../errors.ts'
import type { ModelFolder } from '../files/model-folder.ts'
import { isFloating } from '../files/safetensors.ts'
import { sameShape } from '../ops/shapes.ts'
import type { ModelFacts } from './architecture.ts'
import type { Site } from './sites.ts'

type Shapes = ReadonlyMap<string, readonly number[]>

/**
 * The name each parameter has in the files: its own, or without the prefix that bare base models are saved without.
 * @throws StudioError('bad-model') naming the first tensor that is missing or has another shape, and how many more
 */
export function storedNames(folder: ModelFolder, facts: ModelFacts, parameters: Shapes): Map<string, string> {
  const found = new Map<string, string>()
  const missing: string[] = []
  const misshapen: string[] = []
  for (const [name, shape] of parameters) {
    const stored = candidates(name, facts).find((candidate) => folder.weights.has(candidate))
    if (stored === undefined) missing.push(name)
    else found.set(name, stored)
    if (stored !== undefined && !sameShape(folder.weights.get(stored)!.shape, shape)) misshapen.push(name)
  }
  if (missing[0] !== undefined)
    throw new StudioError(
      'bad-model',
      `The weights of ${folder.dir} have no tensor ${missing[0]}${andMore(missing)}, which config.json asks for.`,
      'A shard may be missing, or config.json belongs to another model: download the model again.',
    )
  const [wrong] = misshapen
  if (wrong !== undefined) {
    const stored = found.get(wrong)!
    const more = misshapen.length > 1 ? `; ${misshapen.length - 1} more tensors do not fit either` : ''
    throw new StudioError(
      'bad-model',
      `${stored} has the shape [${folder.weights.get(stored)!.shape}], but config.json asks for [${parameters.get(wrong)}]${more}.`,
      'config.json and the weights belong to different models: download the model again.',
    )
  }
  return found
}

const andMore = (names: readonly string[]): string =>
  names.length > 1 ? ` and ${names.length - 1} others` : ''

function candidates(name: string, { basePrefix }: ModelFacts): string[] {
  return name.startsWith(`${basePrefix}.`) ? [name, name.slice(basePrefix.length + 1)] : [name]
}

/**
 * Refuses weights that hold more of the same model than config.json describes (further layers, biases that would not be
 * computed): it would train without complaint, and wrongly. Tensors of another kind (buffers, other heads) are let be.
 * @throws StudioError('bad-model')
 */
export function refuseLeftOver(
  folder: ModelFolder,
  facts: ModelFacts,
  parameters: Shapes,
  sites: readonly Site[],
): void {
  const used = new Set([...parameters.keys()].flatMap((name) => candidates(name, facts)))
  const layerKinds = new Set([...used].map(withoutLayer))
  const modules = new Set(
    sites
      .filter((site) => site.kind === 'linear' && !site.isHead)
      .flatMap((site) => candidates(site.module, facts)),
  )
  for (const [name, { dtype }] of folder.weights) {
    if (used.has(name) || !isFloating(dtype)) continue
    const further = layerKinds.has(withoutLayer(name))
    const unusedBias = name.endsWith('.bias') && modules.has(name.slice(0, -'.bias'.length))
    if (!further && !unusedBias) continue
    throw new StudioError(
      'bad-model',
      further
        ? `The weights of ${folder.dir} hold ${name}, but config.json describes a model of ${facts.layers} layers only.`
        : `The weights of ${folder.dir} hold ${name}, but config.json describes a layer without a bias.`,
      'config.json belongs to another model, or was changed: take the one that was published with the weights.',
    )
  }
}

/** `model.layers.7.mlp` → `model.layers.*.mlp` */
const withoutLayer = (name: string): string => name.replace(/\.\d+\./g, '.*.').replace(/^\d+\./, '*.')
