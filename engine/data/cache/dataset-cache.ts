/** Tokens on disk, once per (data, options, tokenizer): a JSON header and a flat binary file. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { diskError } from '../../errors.ts'
import type { TokenizedDataset } from '../batches/tokenized-dataset.ts'

/** A new number makes all older files unread (and tokenised anew). */
const version = 1

const headerSchema = z.object({
  version: z.literal(version),
  count: z.number().int().positive(),
  tokens: z.number().int().nonnegative(),
  /** sha256 of the binary file. */
  sha256: z.string(),
  /** What the maker wants to remember with it. */
  report: z.unknown(),
})

export interface CachedDataset {
  readonly dataset: TokenizedDataset
  readonly report: unknown
}

/** The name of the content: everything that decides over it goes in. */
export function cacheKey(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([version, ...parts]))
    .digest('hex')
}

/** null when there is no such file, or when it is damaged (wrong length or checksum). */
export async function readCache(folder: string, key: string): Promise<CachedDataset | null> {
  const [head, bytes] = await Promise.all([
    readIfThere(pathOf(folder, key, 'json')),
    readIfThere(pathOf(folder, key, 'bin')),
  ])
  if (head === null || bytes === null) return null
  const header = headerSchema.safeParse(jsonOrNull(head.toString('utf8')))
  if (!header.success) return null
  const { count, tokens, sha256, report } = header.data
  if (bytes.length !== sizeOf(count, tokens) || sha256 !== hashOf(bytes)) return null
  // A buffer of its own starts at an address that typed arrays accept.
  const buffer = new Uint8Array(bytes).buffer
  const at = (count + 1) * 8
  const dataset = {
    count,
    offsets: new Float64Array(buffer, 0, count + 1),
    ids: new Int32Array(buffer, at, tokens),
    labels: new Int32Array(buffer, at + tokens * 4, tokens),
    hash: key,
  }
  return { dataset, report }
}

/** Written beside and renamed, the header last: a crash leaves no half file behind that would be read. */
export async function writeCache(
  folder: string,
  key: string,
  { dataset, report }: CachedDataset,
): Promise<void> {
  const parts = [dataset.offsets, dataset.ids, dataset.labels]
  const bytes = Buffer.concat(
    parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  )
  const header = { version, count: dataset.count, tokens: dataset.ids.length, sha256: hashOf(bytes), report }
  try {
    await mkdir(folder, { recursive: true })
    await writeAside(pathOf(folder, key, 'bin'), bytes)
    await writeAside(pathOf(folder, key, 'json'), JSON.stringify(header))
  } catch (error) {
    throw diskError('write the token cache in', folder, error)
  }
}

async function writeAside(path: string, content: string | Uint8Array): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(aside, content)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw diskError('read the token cache', path, error)
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function pathOf(folder: string, key: string, ending: 'json' | 'bin'): string {
  return join(folder, `${key}.${ending}`)
}

function sizeOf(count: number, tokens: number): number {
  return (count + 1) * 8 + tokens * 8
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
