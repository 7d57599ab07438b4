/** What is in a folder of the host's disk, for a person who looks for a model or a data file from a browser tab. */
import type { Dirent } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, join, parse, resolve } from 'node:path'
import { diskError } from '../../../engine/errors.ts'
import type { FolderEntry, FolderListing } from '../../contract/shell.ts'

const dataFiles = new Set(['.csv', '.tsv', '.json', '.jsonl', '.ndjson', '.parquet', '.txt', '.safetensors'])
/** More are not read through by a person; the rest is counted. */
const mostEntries = 1_000

/**
 * @param path null = the home folder
 * @throws StudioError `not-found`, `disk`
 */
export async function listFolder(path: string | null): Promise<FolderListing> {
  const folder = path === null ? homedir() : resolve(path)
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw diskError('open', folder, error)
  })
  const names = found.filter(mayBeShown).sort(byKindAndName)
  const shown = await Promise.all(names.slice(0, mostEntries).map(({ name }) => entryOf(folder, name)))
  return {
    path: folder,
    parent: folder === parse(folder).root ? null : dirname(folder),
    places: [
      { name: 'Home', path: homedir() },
      { name: 'Top', path: parse(folder).root },
    ],
    entries: shown.filter((entry) => entry !== undefined).sort(byKind),
    leftOut: Math.max(0, names.length - mostEntries),
  }
}

/** What a link leads to is seen later. */
function mayBeShown(entry: Dirent): boolean {
  if (entry.name.startsWith('.')) return false
  return !entry.isFile() || dataFiles.has(extname(entry.name).toLowerCase())
}

/** @returns undefined for what is neither file nor folder, or cannot be looked at */
async function entryOf(folder: string, name: string): Promise<FolderEntry | undefined> {
  const path = join(folder, name)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return { name, path, kind: 'folder', bytes: null, isModel: await isModel(path) }
  if (!found?.isFile() || !dataFiles.has(extname(name).toLowerCase())) return undefined
  return { name, path, kind: 'file', bytes: found.size, isModel: false }
}

async function isModel(folder: string): Promise<boolean> {
  const has = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    )
  const [config, whole, shards] = await Promise.all(
    ['config.json', 'model.safetensors', 'model.safetensors.index.json'].map(has),
  )
  return config === true && (whole === true || shards === true)
}

function byKindAndName(a: Dirent, b: Dirent): number {
  return Number(a.isFile()) - Number(b.isFile()) || a.name.localeCompare(b.name, 'en', { numeric: true })
}

/** Links to folders join the folders; the order of names stays. */
function byKind(a: FolderEntry, b: FolderEntry): number {
  return Number(a.kind === 'file') - Number(b.kind === 'file')
}
