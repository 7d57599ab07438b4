/** Downloads on the disk: what each shall hold is written down first, so that it can go on after a restart. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { diskError, StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { repositoryKinds } from '../../contract/hub.ts'
import { partOf } from './fetch-file.ts'
import { folderName, type RepositoryKind } from './repository-id.ts'

const fileSchema = z.object({
  /** In the repository. */
  path: z.string(),
  /** In the folder. */
  name: z.string(),
  bytes: z.int().nonnegative(),
  checksum: z.object({ algorithm: z.enum(['sha256', 'git-sha1']), value: z.string() }).nullable(),
})
const manifestSchema = z.object({
  kind: z.enum(repositoryKinds),
  id: z.string(),
  revision: z.string(),
  files: z.array(fileSchema),
  /** Everything is here, and has been handed on. */
  complete: z.boolean(),
})
export type Manifest = z.infer<typeof manifestSchema>
export type ManifestFile = Manifest['files'][number]

const MANIFEST = 'download.json'

export interface DownloadFolder {
  readonly dir: string
  /** Where the files themselves lie. */
  readonly files: string
}

export function downloadFolder(dataDir: string, kind: RepositoryKind, id: string): DownloadFolder {
  const dir = join(dataDir, 'hub', `${kind}--${folderName(id)}`)
  return { dir, files: join(dir, 'files') }
}

export const targetOf = (folder: DownloadFolder, file: ManifestFile): string => join(folder.files, file.name)

/** Undefined where there is none, or it is damaged: then the download begins anew. */
export async function readManifest(folder: DownloadFolder): Promise<Manifest | undefined> {
  const path = join(folder.dir, MANIFEST)
  if (!existsSync(path)) return undefined
  try {
    return manifestSchema.safeParse((await readJsonObject(path)).json).data
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-file') return undefined
    throw error
  }
}

/** Writes down what the folder shall hold, and deletes what is of another version of it. */
export async function prepareFolder(folder: DownloadFolder, manifest: Manifest): Promise<void> {
  const before = await readManifest(folder)
  const kept = identities(before)
  const wanted = identities(manifest)
  try {
    await mkdir(folder.files, { recursive: true })
    for (const name of await readdir(folder.files)) {
      const whole = name.endsWith('.part') ? name.slice(0, -'.part'.length) : name
      if (kept.get(whole) === undefined || kept.get(whole) !== wanted.get(whole))
        await rm(join(folder.files, name), { recursive: true, force: true })
    }
    await writeJsonAtomic(join(folder.dir, MANIFEST), manifest)
  } catch (error) {
    throw diskError('prepare', folder.dir, error)
  }
}

/** What tells the content of a file apart from that of another of the same name. */
function identities(manifest: Manifest | undefined): Map<string, string> {
  const files = manifest?.files ?? []
  return new Map(
    files.map(({ name, bytes, checksum }) => [name, `${bytes} ${checksum?.value ?? manifest?.revision}`]),
  )
}

export async function markComplete(folder: DownloadFolder, manifest: Manifest): Promise<void> {
  await writeJsonAtomic(join(folder.dir, MANIFEST), { ...manifest, complete: true })
}

/** Bytes of the manifest's files that are here, whole or in part. */
export async function presentBytes(folder: DownloadFolder, files: readonly ManifestFile[]): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (file) => {
      const target = targetOf(folder, file)
      const there =
        (await stat(target).catch(() => undefined)) ?? (await stat(partOf(target)).catch(() => undefined))
      return Math.min(there?.size ?? 0, file.bytes)
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Every download of the data folder. */
export async function allDownloads(
  dataDir: string,
): Promise<{ folder: DownloadFolder; manifest: Manifest }[]> {
  const root = join(dataDir, 'hub')
  if (!existsSync(root)) return []
  const found = await Promise.all(
    (await readdir(root)).map(async (name) => {
      const folder = { dir: join(root, name), files: join(root, name, 'files') }
      const manifest = await readManifest(folder)
      return manifest === undefined ? [] : [{ folder, manifest }]
    }),
  )
  return found.flat()
}

export async function removeFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true }).catch((error: unknown) => {
    throw diskError('delete', dir, error)
  })
}

/** `train-a.jsonl`, 3 → `train-a-3.jsonl` */
const numbered = (name: string, number: number): string => name.replace(/(\.\w+)?$/, `-${number}$1`)

/**
 * Names under which the data files of a repository lie in one folder, so that the datasets' import sees the splits:
 * `en/train/0000.parquet` → `train-en-0000.parquet`.
 */
export function flatNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const split = /^(train|validation|valid|val|dev|eval|test)(?![a-z])/i
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const path of paths) {
    const short = path.split('/').at(-1)!
    const extension = extname(short)
    const parts = path.slice(0, path.length - extension.length).split('/')
    const at = Math.max(
      0,
      parts.findLastIndex((part) => split.test(part)),
    )
    const full = [parts[at], ...parts.toSpliced(at, 1)].join('-') + extension
    const candidates = split.test(short) ? [short, full] : [full]
    const name = candidates.find((one) => !taken.has(one.toLowerCase())) ?? numbered(full, names.size)
    names.set(path, name)
    taken.add(name.toLowerCase())
  }
  return names
}
