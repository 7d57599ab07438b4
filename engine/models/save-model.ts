/** Writes a whole model folder: the base with some parameters changed, one tensor in memory at a time. */
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from '../files/atomic.ts'
import { loadWeight } from '../files/model-folder.ts'
import { isFloating, type WritableTensor, writeSafetensors } from '../files/safetensors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import type { LoadedModel } from './load.ts'

/** Files beside the weights that belong to a model. */
const companions = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'LICENSE',
]

export interface ChangedModel {
  readonly loaded: LoadedModel
  /** New values by parameter name; loaded one after the other. */
  readonly changed: ReadonlyMap<string, () => Promise<HostTensor>>
  /** Write the head as a tensor of its own and say so in config.json. */
  readonly untiesHead?: boolean
}

/**
 * Element types stay what they are in the base: sums are made in float32 and rounded once.
 * @throws StudioError('exists') when `dir` already holds a model
 */
export async function saveModel(
  dir: string,
  { loaded, changed, untiesHead = false }: ChangedModel,
): Promise<string> {
  const { folder } = loaded
  const path = join(dir, 'model.safetensors')
  try {
    await mkdir(dir, { recursive: true })
    const present = await readdir(dir)
    if (present.some((name) => name.endsWith('.safetensors') || name === 'config.json'))
      throw new StudioError('exists', `${dir} already holds a model.`, 'Choose an empty folder.')
  } catch (error) {
    throw diskError('create', dir, error)
  }
  const byStoredName = new Map([...changed].map(([name, load]) => [loaded.storedName(name) ?? name, load]))
  const tensors = new Map<string, WritableTensor>()
  for (const [name, { dtype, shape }] of folder.weights) {
    const load = byStoredName.get(name) ?? (() => loadWeight(folder, name))
    tensors.set(
      name,
      isFloating(dtype) ? { dtype, shape, load: async () => (await load()).data } : await load(),
    )
  }
  for (const [name, load] of byStoredName) if (!tensors.has(name)) tensors.set(name, await load())
  await writeSafetensors(path, tensors)
  for (const name of await readdir(folder.dir))
    if (companions.includes(name))
      await copyFile(join(folder.dir, name), join(dir, name)).catch((error: unknown) => {
        throw diskError('write', join(dir, name), error)
      })
  await writeJsonAtomic(join(dir, 'config.json'), {
    ...folder.config,
    ...(untiesHead ? { tie_word_embeddings: false } : {}),
  })
  return path
}
