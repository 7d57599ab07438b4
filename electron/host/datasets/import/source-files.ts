/** Which files a source consists of, and which part of the dataset each is. */
import { readdir, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, join } from 'node:path'
import { formatOfName } from '../../../../engine/data/read/read-dataset.ts'
import { diskError, StudioError } from '../../../../engine/errors.ts'
import type { Source } from '../../../contract/datasets/source.ts'
import type { Uploads } from '../../uploads.ts'

export interface SourceFile {
  readonly name: string
  readonly bytes: number
  readonly split: 'train' | 'validation'
  readonly content: { readonly path: string } | { readonly text: string }
}

export interface SourceFiles {
  /** A name for the dataset. */
  readonly name: string
  /** Where it came from, for people. */
  readonly origin: string
  readonly files: readonly SourceFile[]
}

/** @throws StudioError `not-found`, `bad-argument`, `bad-data` (a folder without data files), `disk` */
export async function sourceFiles(source: Source, uploads: Uploads): Promise<SourceFiles> {
  if (source.kind === 'text') {
    const bytes = Buffer.byteLength(source.text)
    const file = { name: 'clipboard', bytes, split: 'train', content: { text: source.text } } as const
    return { name: 'Pasted rows', origin: 'clipboard', files: [file] }
  }
  if (source.kind === 'upload') {
    const path = uploads.path(source.uploadId)
    return { ...(await filesAt(path)), origin: basename(path) }
  }
  const path = source.path.trim()
  if (!isAbsolute(path))
    throw new StudioError(
      'bad-argument',
      `${path} is not a full path.`,
      'Give it from the root of the disk on.',
    )
  return filesAt(path)
}

async function filesAt(path: string): Promise<SourceFiles> {
  const there = await stat(path).catch((error: unknown) => {
    throw diskError('read', path, error)
  })
  const name = basename(path, extname(path))
  if (!there.isDirectory())
    return {
      name,
      origin: path,
      files: [{ name: basename(path), bytes: there.size, split: 'train', content: { path } }],
    }
  return { name: basename(path), origin: path, files: await filesOfFolder(path) }
}

const validationNames = /(^|[^a-z])(validation|valid|val|dev|eval|test)([^a-z]|$)/i
const trainNames = /(^|[^a-z])train([^a-z]|$)/i
/** Datasets of the hub have their files in `data/` or deeper. */
const deepest = 3

/** Data files of one format: those named after a part, or all of them where none is. */
async function filesOfFolder(folder: string): Promise<SourceFile[]> {
  const paths = await dataFiles(folder, deepest)
  const named = paths.map((path) => {
    const name = path.slice(folder.length + 1)
    return { path, name, split: partOf(name) }
  })
  const chosen = named.some(({ split }) => split === 'train')
    ? named.filter(({ split }) => split !== null)
    : named.map((file) => ({ ...file, split: null }))
  const format = chosen[0] && formatOfName(chosen[0].path)
  const files: SourceFile[] = []
  for (const { path, name, split } of chosen) {
    if (formatOfName(path) !== format) continue
    const { size } = await stat(path)
    files.push({ name, bytes: size, split: split ?? 'train', content: { path } })
  }
  // Training rows come first, whatever the files are called.
  if (files.length > 0) return files.sort((a, b) => Number(a.split !== 'train') - Number(b.split !== 'train'))
  throw new StudioError(
    'bad-data',
    `There is no data file in ${folder}.`,
    'Choose a folder with train.jsonl (or .json, .csv, .parquet, .txt), or a single file.',
  )
}

function partOf(name: string): SourceFile['split'] | null {
  if (trainNames.test(name)) return 'train'
  return validationNames.test(name) ? 'validation' : null
}

async function dataFiles(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw diskError('read', folder, error)
  })
  const found: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory() && depth > 1) found.push(...(await dataFiles(path, depth - 1)))
    else if (entry.isFile() && isData(entry.name)) found.push(path)
  }
  return found
}

/** Notes and licences beside the data are none of it. */
function isData(name: string): boolean {
  return (
    formatOfName(name) !== undefined &&
    !/\.md$/i.test(name) &&
    !/^(readme|license|licence|dataset_infos?)\b/i.test(name)
  )
}
