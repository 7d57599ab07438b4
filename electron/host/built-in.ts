/** Finds models and datasets by what the person typed: `builtin`, `builtin:NAME`, or a path. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../engine/errors.ts'
import { readJsonObject } from '../../engine/files/json.ts'
import { resourcesDir as resources } from '../installation.ts'

export interface ModelReference {
  readonly id: string
  readonly name: string
  readonly dir: string
  readonly source: 'built-in' | 'local' | 'hub'
  /** What adapters trained on it call their base: its name, its repository on the hub, or its folder. */
  readonly baseName: string
}

export interface DataReference {
  readonly id: string
  readonly name: string
  readonly train: string
  readonly validation: string | null
  readonly source: string
}

const indexSchema = z.object({
  datasets: z.array(z.looseObject({ name: z.string(), title: z.string(), description: z.string() })),
})

/** Name behind `builtin:`, `''` for plain `builtin`, undefined for a path. */
function builtInName(reference: string): string | undefined {
  if (reference === 'builtin') return ''
  return reference.startsWith('builtin:') ? reference.slice('builtin:'.length) : undefined
}

function pick(kind: string, wanted: string, names: readonly string[]): string {
  const name = wanted === '' ? names[0] : names.find((n) => n === wanted)
  if (name !== undefined) return name
  throw new StudioError(
    'not-found',
    `There is no built-in ${kind} "${wanted}".`,
    `Built in: ${names.join(', ')}.`,
  )
}

/** @throws StudioError('not-found') */
export function findModel(reference: string): ModelReference {
  const name = builtInName(reference)
  if (name !== undefined) {
    const models = builtInModels()
    const found = pick(
      'model',
      name,
      models.map((model) => model.name),
    )
    return models.find((model) => model.name === found)!
  }
  const dir = resolve(reference)
  return { id: dir, name: basename(dir), dir, source: 'local', baseName: dir }
}

/** The models that come with the studio; the first is the default. */
export function builtInModels(): ModelReference[] {
  return readdirSync(join(resources, 'models'))
    .sort()
    .map((name) => {
      const dir = join(resources, 'models', name)
      return { id: `builtin:${name}`, name, dir, source: 'built-in', baseName: name }
    })
}

/** The built-in datasets in the order of their index; the first is the default. */
export async function builtInDatasets(): Promise<string[]> {
  return (await builtInDatasetCards()).map((card) => card.name)
}

/** The same with what is said about them. */
export async function builtInDatasetCards(): Promise<{ name: string; title: string; description: string }[]> {
  const { json } = await readJsonObject(join(resources, 'datasets/index.json'))
  return indexSchema.parse(json).datasets
}

/**
 * A file holds training rows; a folder holds `train.*` and perhaps `validation.*`.
 * @throws StudioError('not-found')
 */
export async function findData(reference: string): Promise<DataReference> {
  const name = builtInName(reference)
  if (name !== undefined) {
    const found = pick('dataset', name, await builtInDatasets())
    const dir = join(resources, 'datasets', found)
    return {
      id: `builtin:${found}`,
      name: found,
      train: join(dir, 'train.jsonl'),
      validation: join(dir, 'validation.jsonl'),
      source: 'built-in',
    }
  }
  const path = resolve(reference)
  if (!existsSync(path))
    throw new StudioError(
      'not-found',
      `There is no file or folder ${path}.`,
      'Check the path for typing mistakes.',
    )
  const own = { id: path, name: basename(path), source: path }
  if (!statSync(path).isDirectory()) return { ...own, train: path, validation: null }
  const files = readdirSync(path)
  const part = (...names: string[]) => files.find((file) => names.some((n) => file.startsWith(`${n}.`)))
  const train = part('train')
  if (train === undefined)
    throw new StudioError(
      'not-found',
      `${path} holds no training rows.`,
      'Give a data file, or a folder with train.jsonl and validation.jsonl.',
    )
  const validation = part('validation', 'valid', 'test', 'eval')
  return {
    ...own,
    train: join(path, train),
    validation: validation === undefined ? null : join(path, validation),
  }
}
