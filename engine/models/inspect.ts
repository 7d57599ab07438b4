/** Looks a model folder over before it is used: what it holds, and everything that speaks against training on it. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTokenizer } from '../data/tokenizer/load-tokenizer.ts'
import type { Tokenizer } from '../data/tokenizer/tokenizer.ts'
import { StudioError } from '../errors.ts'
import { refuseUnmappable } from '../files/float32-cache.ts'
import { readJsonObject } from '../files/json.ts'
import { readLicence } from '../files/model-folder/licence.ts'
import { type ModelFolder, openModelFolder } from '../files/model-folder.ts'
import type { Model, ModelFacts } from './architecture.ts'
import { architectureOf, readModel } from './index.ts'
import { survey } from './load.ts'
import { refuseLeftOver, storedNames } from './weight-names.ts'

export interface InspectedModel {
  readonly folder: ModelFolder
  readonly facts: ModelFacts
  /** Name of the architecture's family, such as `LLaMA`. */
  readonly family: string
  /** Numbers of the model as it computes. */
  readonly parameters: number
  readonly tokenizer: { readonly kind: string; readonly tokens: number } | null
  readonly chatTemplate: boolean
  readonly licence: string | null
  /** Bytes of every file in the folder, at any depth. */
  readonly diskBytes: number
}

export interface Inspection {
  /** What was read; null where weights or architecture could not be. */
  readonly model: InspectedModel | null
  /** In the order in which they stand in the way; none: the folder can be trained on. */
  readonly problems: readonly StudioError[]
}

/**
 * Reads headers, configuration and tokenizer, never the weights themselves: it takes well under a second for any size.
 * Whatever is wrong with the folder is listed, not thrown.
 */
export async function inspectModel(dir: string): Promise<Inspection> {
  const problems: StudioError[] = []
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      problems.push(error)
      return null
    }
  }
  const folder = await attempt(() => openModelFolder(dir))
  const config = folder?.config ?? (await configAlone(dir))
  if (config === null) return { model: null, problems }
  const model = await attempt(() => readModel(config))
  const parameters = folder && model && (await attempt(() => matched(folder, model)))
  const tokenizer = await attempt(() => loadTokenizer(dir))
  if (model && tokenizer) await attempt(() => checkVocabulary(dir, model.facts, tokenizer))
  if (!folder || !model) return { model: null, problems }
  return {
    problems,
    model: {
      folder,
      facts: model.facts,
      family: architectureOf(config).title,
      parameters: parameters ?? folder.totalParameters,
      tokenizer: tokenizer && { kind: tokenizer.kind, tokens: tokenizer.vocabSize },
      chatTemplate: tokenizer !== null && tokenizer.chatTemplate !== null,
      licence: await readLicence(dir, await readdir(dir)),
      diskBytes: await sizeOfFolder(dir),
    },
  }
}

/** Where the weights are refused, the configuration may still tell that the architecture is unknown, too. */
async function configAlone(dir: string): Promise<Record<string, unknown> | null> {
  try {
    return (await readJsonObject(join(dir, 'config.json'))).json
  } catch (error) {
    if (error instanceof StudioError) return null
    throw error
  }
}

/** Counts the parameters of a model whose weights fit its configuration. */
function matched(folder: ModelFolder, model: Model): number {
  const { parameters, sites } = survey(model)
  storedNames(folder, model.facts, parameters)
  refuseLeftOver(folder, model.facts, parameters, sites)
  refuseUnmappable(folder)
  return [...parameters.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** Added tokens may lie behind the table (they are then unused); the vocabulary itself may not. */
function checkVocabulary(dir: string, { vocabularySize }: ModelFacts, tokenizer: Tokenizer): void {
  if (tokenizer.largestOwnId < vocabularySize) return
  throw new StudioError(
    'bad-model',
    `The tokenizer of ${dir} makes token ids up to ${tokenizer.largestOwnId}, but the model knows ${vocabularySize} tokens.`,
    'tokenizer.json belongs to another model: take the one that was published with the weights.',
  )
}

async function sizeOfFolder(dir: string): Promise<number> {
  let sum = 0
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    // A file may vanish, or be a broken link, while the folder is being read.
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0
  }
  return sum
}
