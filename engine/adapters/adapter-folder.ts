/** Reads and writes adapter folders of any supported kind, and checks that an adapter fits a base. */
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from '../files/atomic.ts'
import { readJsonObject } from '../files/json.ts'
import { openSafetensors, readAllTensors, writeSafetensors } from '../files/safetensors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { attachesAt, type TrainedTensor } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import type { LoadedModel } from '../models/load.ts'
import type { LinearSite } from '../models/sites.ts'
import { sameShape } from '../ops/shapes.ts'
import { readAdapterHubConfig, writeAdapterHubConfig } from './adapterhub-config.ts'
import { readPeftConfig, writePeftConfig } from './peft-config.ts'

export interface OpenedAdapter {
  readonly dir: string
  readonly method: AnyMethod
  readonly config: Readonly<Record<string, unknown>>
  /** Name inside AdapterHub's keys; `default` for PEFT, whose keys leave it out. */
  readonly name: string
  readonly tensors: ReadonlyMap<string, HostTensor>
}

const PEFT_FILE = 'adapter_model.safetensors'
const ADAPTERHUB_FILE = 'adapter.safetensors'

/** @throws StudioError('bad-adapter' | 'not-found' | 'bad-file') */
export async function openAdapter(dir: string): Promise<OpenedAdapter> {
  const { json } = await readJsonObject(join(dir, 'adapter_config.json'))
  const isPeft = 'peft_type' in json
  const identity = isPeft ? { ...readPeftConfig(json), name: 'default' } : readAdapterHubConfig(json)
  const path = join(dir, isPeft ? PEFT_FILE : ADAPTERHUB_FILE)
  if (!(await exists(path))) {
    const pickles = ['adapter_model.bin', 'pytorch_adapter.bin']
    for (const pickle of pickles)
      if (await exists(join(dir, pickle)))
        throw new StudioError(
          'bad-adapter',
          `${dir} holds only ${pickle}, a pickle file, which can run code when it is opened.`,
          'Save the adapter again as safetensors in the program that made it.',
        )
  }
  return { dir, ...identity, tensors: await readAllTensors(await openSafetensors(path)) }
}

/**
 * The adapter's values for the tensors that the method trains on this base.
 * @throws StudioError('bad-adapter') when a tensor is missing, has another shape, or belongs to nothing
 */
export function bindAdapter(
  adapter: OpenedAdapter,
  trained: Iterable<TrainedTensor>,
  modules: readonly string[],
) {
  const values = new Map<string, HostTensor>()
  const used = new Set<string>()
  for (const { key, aliases, shape } of trained) {
    const tensor =
      adapter.tensors.get(key) ??
      aliases.map((alias) => adapter.tensors.get(alias)).find((t) => t !== undefined)
    if (tensor === undefined) throw otherBase(adapter, `it has no tensor ${key}`)
    if (!sameShape(tensor.shape, shape))
      throw otherBase(adapter, `${key} is [${tensor.shape}] instead of [${shape}]`)
    values.set(key, tensor)
    for (const name of [key, ...aliases]) used.add(name)
  }
  // PEFT also writes unchanged copies of adapted embeddings.
  const copies = new Set(
    modules.flatMap((m) => [`base_model.model.${m}.base_layer.weight`, `base_model.model.${m}.weight`]),
  )
  const stray = [...adapter.tensors.keys()].find((key) => !used.has(key) && !copies.has(key))
  if (stray !== undefined) throw otherBase(adapter, `its tensor ${stray} belongs to nothing here`)
  return values
}

function otherBase(adapter: OpenedAdapter, why: string): StudioError {
  return new StudioError(
    'bad-adapter',
    `The adapter in ${adapter.dir} does not fit this model: ${why}.`,
    'It was probably trained on another base: choose that model.',
  )
}

export interface AdapterToSave {
  readonly loaded: LoadedModel
  readonly method: AnyMethod
  readonly config: Readonly<Record<string, unknown>>
  readonly trained: Iterable<TrainedTensor>
  /** Values by key. */
  readonly values: ReadonlyMap<string, HostTensor>
  /** What `base_model_name_or_path` says. */
  readonly baseName: string
  readonly name?: string
}

/** Writes the folder that Hugging Face PEFT or AdapterHub loads; returns the bytes of the weight file. */
export async function saveAdapter(
  dir: string,
  adapter: AdapterToSave,
): Promise<{ path: string; keys: string[] }> {
  const { loaded, method, config, values } = adapter
  const { facts } = loaded.model
  const tensors: Record<string, HostTensor> = {}
  for (const { key, aliases } of adapter.trained) {
    const value = values.get(key)
    if (value === undefined)
      throw new StudioError('internal', `There is no value for ${key}.`, 'Report this.')
    for (const name of [key, ...aliases]) tensors[name] = value
  }
  const chosen = loaded.sites.filter((site) => attachesAt(method, config, site, facts.modelType))
  if (method.format.kind === 'peft' && embeddingIsTarget(config))
    for (const site of chosen)
      if (site.module === facts.embeddingModule || site.module === facts.headModule)
        tensors[`base_model.model.${site.module}.base_layer.weight`] = await loaded.read(
          `${site.module}.weight`,
        )
  await mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw diskError('create', dir, error)
  })
  const linear = chosen.filter((site): site is LinearSite => site.kind === 'linear')
  const json =
    method.format.kind === 'adapterhub'
      ? writeAdapterHubConfig(
          config,
          facts,
          adapter.baseName,
          adapter.name ?? 'default',
          loaded.folder.architectures[0],
        )
      : writePeftConfig(method, config, {
          facts,
          modules: [...new Set(chosen.map((site) => site.module))],
          conv1d: linear.length > 0 && linear.every((site) => site.layout === 'conv1d'),
          baseName: adapter.baseName,
        })
  const path = join(dir, method.format.kind === 'adapterhub' ? ADAPTERHUB_FILE : PEFT_FILE)
  await writeSafetensors(path, tensors)
  await writeJsonAtomic(join(dir, 'adapter_config.json'), json)
  return { path, keys: Object.keys(tensors) }
}

/** PEFT's rule: the names `embed_tokens` and `lm_head` among the targets make it write the embeddings as well. */
function embeddingIsTarget(config: Readonly<Record<string, unknown>>): boolean {
  const targets = config.target_modules
  const names = ['embed_tokens', 'lm_head']
  return (
    (typeof targets === 'string' || Array.isArray(targets)) && names.some((name) => targets.includes(name))
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
