/** Opens a base model in Hugging Face layout: its configuration, and where each of its weights lies on the disk. */

import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { diskError, StudioError } from '../errors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { readJsonObject } from './json.ts'
import { fingerprint, hashFiles } from './model-folder/hash.ts'
import {
  missingConfig,
  refusedGguf,
  refusedPickle,
  refuseOtherFormats,
  refuseQuantizedConfig,
  refuseQuantizedNames,
} from './model-folder/refusals.ts'
import {
  locateWeights,
  openWeightFiles,
  type WeightFile,
  type WeightLocation,
} from './model-folder/weight-files.ts'
import { elementsOf } from './safetensors/dtypes.ts'
import { decodeTensor, unknownTensor, withFile } from './safetensors/read.ts'
import { isFloating, type SafetensorsDtype } from './safetensors.ts'

export type { WeightFile, WeightLocation } from './model-folder/weight-files.ts'

export interface ModelFolder {
  /** Absolute path of the folder, as it was given (links not followed). */
  readonly dir: string
  /** config.json as it is; `engine/models` gives it its meaning. */
  readonly config: Readonly<Record<string, unknown>>
  /** `model_type` and `architectures` of the configuration; at least one of them is there. */
  readonly modelType: string | undefined
  readonly architectures: readonly string[]
  /** Elements per stored type, floating-point or not. */
  readonly dtypes: ReadonlyMap<SafetensorsDtype, number>
  readonly files: readonly WeightFile[]
  readonly weights: ReadonlyMap<string, WeightLocation>
  /** Elements of all floating-point tensors in the files (buffers that a model ignores are counted too). */
  readonly totalParameters: number
  /** Bytes of all tensors. */
  readonly bytes: number
  /** Cheap content hash (configuration, headers, sizes, samples): see model-folder/hash.ts. */
  readonly hash: string
}

/**
 * Opens a model folder and checks it: config.json, model.safetensors or shards with model.safetensors.index.json.
 * Throws StudioError: 'not-found' (folder, configuration, weights or a shard is missing), 'bad-file' (a damaged file),
 * 'bad-config', 'bad-model' (index and shards disagree), 'unsupported' (pickle, GGUF, quantised weights), 'disk'.
 */
export async function openModelFolder(path: string): Promise<ModelFolder> {
  const dir = resolve(path)
  const names = await listFolder(dir)
  refuseOtherFormats(dir, names)
  if (!names.includes('config.json')) throw missingConfig(dir, names)
  const { bytes: configBytes, json: config } = await readJsonObject(join(dir, 'config.json'))
  const identity = identify(dir, config)
  refuseQuantizedConfig(dir, config)
  const files = await openWeightFiles(dir, names)
  const weights = locateWeights(dir, files)
  refuseQuantizedNames(dir, weights.keys())
  const hash = await fingerprint(configBytes, files)
  return { dir, config, ...identity, files, weights, ...measure(weights), hash }
}

/** One weight as the engine computes with it (float types as float32). Throws as `readTensor`. */
export async function loadWeight(folder: ModelFolder, name: string): Promise<HostTensor> {
  const { location, file } = locate(folder, name)
  return withFile(file, (handle) => decodeTensor(handle, file.path, name, location))
}

/** Rows `from` to `to` (not included) of a weight, as `loadWeight` gives the whole. */
export async function loadWeightRows(
  folder: ModelFolder,
  name: string,
  from: number,
  to: number,
): Promise<HostTensor> {
  const { location, file } = locate(folder, name)
  const { shape, offset, bytes } = location
  const row = (bytes * (shape.at(-1) ?? 1)) / (elementsOf(shape) ?? 1)
  const part = {
    ...location,
    shape: [to - from, shape.at(-1) ?? 1],
    offset: offset + from * row,
    bytes: (to - from) * row,
  }
  return withFile(file, (handle) => decodeTensor(handle, file.path, name, part))
}

function locate(folder: ModelFolder, name: string) {
  const location = folder.weights.get(name)
  const file = folder.files.find((candidate) => candidate.file.path === location?.path)?.file
  if (!location || !file) throw unknownTensor(name, folder.weights.keys(), folder.dir)
  return { location, file }
}

/**
 * SHA-256 (hex) over every byte of the weight files; takes about a second per gigabyte. Ask it of the folder that was
 * opened, not of what `ensureFloat32` made of it, which counts the converted copy as a further file.
 */
export function weightsHash(folder: ModelFolder): Promise<string> {
  return hashFiles(folder.files)
}

/** What is counted from the locations alone. */
export function measure(
  weights: ReadonlyMap<string, WeightLocation>,
): Pick<ModelFolder, 'dtypes' | 'totalParameters' | 'bytes'> {
  const dtypes = new Map<SafetensorsDtype, number>()
  let bytes = 0
  for (const weight of weights.values()) {
    dtypes.set(weight.dtype, (dtypes.get(weight.dtype) ?? 0) + (elementsOf(weight.shape) ?? 0))
    bytes += weight.bytes
  }
  const floating = [...dtypes].filter(([dtype]) => isFloating(dtype))
  return { dtypes, bytes, totalParameters: floating.reduce((sum, [, elements]) => sum + elements, 0) }
}

async function listFolder(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw diskError('open', dir, error)
    if (/\.gguf$/i.test(dir)) throw refusedGguf(dir, 'a GGUF file')
    if (/\.(bin|pt|pth|ckpt)$/i.test(dir)) throw refusedPickle(dir, 'a PyTorch file')
    throw new StudioError(
      'bad-model',
      `Cannot open ${dir} as a model: it is a file, and a model is a folder with config.json and safetensors files.`,
      'Choose the folder that the file is in.',
    )
  }
}

function identify(
  dir: string,
  config: Readonly<Record<string, unknown>>,
): Pick<ModelFolder, 'modelType' | 'architectures'> {
  const { model_type: modelType, architectures } = config
  const named = Array.isArray(architectures)
    ? architectures.filter((entry): entry is string => typeof entry === 'string')
    : []
  if (typeof modelType === 'string' || named.length > 0) {
    return { modelType: typeof modelType === 'string' ? modelType : undefined, architectures: named }
  }
  throw new StudioError(
    'bad-config',
    `Cannot open ${dir}: its config.json has neither "model_type" nor "architectures", so the kind of model is unknown.`,
    'Use the config.json that was published with the model.',
  )
}
