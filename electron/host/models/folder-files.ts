/** The files that make a model what it is, by size and date: cheap to compare, and they tell which of them changed. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError } from '../../../engine/errors.ts'
import type { ModelDetails } from '../../store/model-details.ts'

export type FolderFiles = ModelDetails['files']

const ESSENTIAL =
  /^(config|tokenizer|tokenizer_config|special_tokens_map)\.json$|\.safetensors(\.index\.json)?$|^chat_template\.jinja$/

/** @throws StudioError 'not-found' when the folder is gone, 'disk' */
export async function folderFiles(dir: string): Promise<FolderFiles> {
  try {
    const names = (await readdir(dir)).filter((name) => ESSENTIAL.test(name)).sort()
    return await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(dir, name))
        return { name, bytes: size, modified: mtimeMs }
      }),
    )
  } catch (error) {
    throw diskError('open', dir, error)
  }
}

export function sameFiles(a: FolderFiles, b: FolderFiles): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** "config.json has changed, model.safetensors is missing" */
export function changesBetween(before: FolderFiles, now: FolderFiles): string {
  const old = new Map(before.map((file) => [file.name, file]))
  const changes = now.flatMap(({ name, bytes, modified }) => {
    const was = old.get(name)
    old.delete(name)
    if (was === undefined) return [`${name} is new`]
    return was.bytes === bytes && was.modified === modified ? [] : [`${name} has changed`]
  })
  return [...changes, ...[...old.keys()].map((name) => `${name} is missing`)].join(', ')
}
