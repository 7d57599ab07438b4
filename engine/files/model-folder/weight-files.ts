/** Finds the weights of a model folder: one safetensors file, or shards with an index. */

import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { diskError, StudioError } from '../../errors.ts'
import { readJsonObject } from '../json.ts'
import { openSafetensors, type SafetensorsFile, type TensorEntry } from '../safetensors.ts'
import { missingWeights } from './refusals.ts'

/** Where one weight lies: `path` is the real file (links followed), `offset` counts from its start. */
export interface WeightLocation extends TensorEntry {
  readonly path: string
  readonly name: string
}

/** A file of weights under the name that the folder gives it. */
export interface WeightFile {
  readonly name: string
  readonly file: SafetensorsFile
}

const WHOLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
const AGAIN = 'Download the model again; all its files have to come from the same version.'

/**
 * Opens the headers of all weight files of `dir`, sorted by name.
 * @param names the entries of `dir`
 */
export async function openWeightFiles(dir: string, names: readonly string[]): Promise<readonly WeightFile[]> {
  // Like transformers: the whole file goes before the index where both are there.
  if (names.includes(WHOLE)) return [{ name: WHOLE, file: await openLinked(join(dir, WHOLE)) }]
  if (!names.includes(INDEX)) throw missingWeights(dir, names)
  const weightMap = await readIndex(join(dir, INDEX))
  const files: WeightFile[] = []
  for (const name of [...new Set(weightMap.values())].sort()) {
    refuseTraversal(dir, name)
    if (!names.includes(name)) {
      throw new StudioError(
        'not-found',
        `Cannot open ${dir}: its index names ${name}, which is missing.`,
        AGAIN,
      )
    }
    files.push({ name, file: await openLinked(join(dir, name)) })
  }
  checkIndex(dir, weightMap, files)
  return files
}

/** All weights by name. Throws where two files hold the same one. */
export function locateWeights(
  dir: string,
  files: readonly WeightFile[],
): ReadonlyMap<string, WeightLocation> {
  const weights = new Map<string, WeightLocation>()
  const owners = new Map<string, string>()
  for (const { name: fileName, file } of files) {
    for (const [name, entry] of file.tensors) {
      const owner = owners.get(name)
      if (owner !== undefined) {
        throw new StudioError(
          'bad-model',
          `Cannot open ${dir}: both ${owner} and ${fileName} hold the tensor ${JSON.stringify(name)}.`,
          AGAIN,
        )
      }
      owners.set(name, fileName)
      weights.set(name, { path: file.path, name, ...entry })
    }
  }
  return weights
}

const IndexSchema = z.object({ weight_map: z.record(z.string(), z.string()) })

async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const index = IndexSchema.safeParse((await readJsonObject(path)).json)
  if (!index.success || Object.keys(index.data.weight_map).length === 0) {
    throw new StudioError(
      'bad-file',
      `Cannot read ${path}: its "weight_map" does not say in which file each tensor is.`,
      AGAIN,
    )
  }
  return new Map(Object.entries(index.data.weight_map))
}

/** A shard is a file of the folder itself; a name with a path in it could reach any file of the machine. */
function refuseTraversal(dir: string, name: string): void {
  if (/^[^/\\:\0]+\.safetensors$/.test(name)) return
  throw new StudioError(
    'bad-model',
    `Cannot open ${dir}: its index names ${JSON.stringify(name)}, which is not a safetensors file inside the folder.`,
    'Do not use this model unless you know why its index points there.',
  )
}

function checkIndex(dir: string, weightMap: ReadonlyMap<string, string>, files: readonly WeightFile[]): void {
  const byName = new Map(files.map(({ name, file }) => [name, file]))
  for (const [tensor, name] of weightMap) {
    if (byName.get(name)?.tensors.has(tensor)) continue
    throw new StudioError(
      'bad-model',
      `Cannot open ${dir}: its index says that ${name} holds the tensor ${JSON.stringify(tensor)}, but it does not.`,
      AGAIN,
    )
  }
}

/** Opens a file under its real path: the Hugging Face cache links snapshots to blobs. */
async function openLinked(path: string): Promise<SafetensorsFile> {
  let real: string
  try {
    real = await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw diskError('read', path, error)
    throw new StudioError(
      'not-found',
      `Cannot read ${path}: it is a link to a file that is not there.`,
      'A download may have been interrupted or its cache cleaned: download the model again.',
      { cause: error },
    )
  }
  return openSafetensors(real)
}
