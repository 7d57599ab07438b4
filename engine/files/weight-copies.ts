/** Copies of a model's weights in another form, made once into one file of the cache folder that a runtime can map. */

import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from './atomic.ts'
import { readJsonObject } from './json.ts'
import { withLock } from './lock.ts'
import { hashRange } from './model-folder/hash.ts'
import type { ModelFolder } from './model-folder.ts'
import { bytesFor, elementsOf } from './safetensors/dtypes.ts'
import {
  type LazyTensor,
  openSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from './safetensors.ts'

/** Bytes of the copy written so far, and in all. */
export type ConversionProgress = (progress: { readonly done: number; readonly total: number }) => void

/** One tensor of the copy, under the name of the weight that it is made of. */
export interface WeightCopy {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  /** The elements in the array type of `dtype`, as they are to be written. */
  make(): Promise<TensorData>
}

export interface CopyOptions {
  /** What the copy is, in messages: `float32`, `4-bit`. */
  readonly title: string
  /** Tells copies of one model apart; it changes with the rules by which they are made. */
  readonly variant: string
  readonly onProgress?: ConversionProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The file with the given copies, at offsets that are multiples of 4. It is made once, in `cacheDir`, and later calls and other
 * processes find it again: its size, header and date are checked each time, its content where the date differs.
 * @throws StudioError 'disk' (not enough room: nothing is written), 'cancelled', and what a `make` throws
 */
export async function ensureCopies(
  folder: ModelFolder,
  copies: ReadonlyMap<string, WeightCopy>,
  cacheDir: string,
  options: CopyOptions,
): Promise<{ readonly name: string; readonly file: SafetensorsFile }> {
  const cache = cachePaths(folder, cacheDir, options.variant)
  const file = (await readCache(cache, copies)) ?? (await makeCache(folder, copies, cache, options))
  return { name: cache.name, file }
}

interface CachePaths {
  readonly dir: string
  readonly name: string
  readonly file: string
  /** Says what `file` has to be like; written after it, so a copy without it is not trusted. */
  readonly record: string
  readonly lock: string
}

/** Dates are part of the key, so that weights changed in place never meet their old copy, even if the samples agree. */
function cachePaths(folder: ModelFolder, cacheDir: string, variant: string): CachePaths {
  const dates = folder.files.map(({ file }) => `${file.size}:${file.modified}`).join(' ')
  const key = createHash('sha256').update(`${folder.hash} ${dates}`).digest('hex').slice(0, 32)
  const dir = resolve(cacheDir)
  const base = variant === '' ? key : `${key}-${variant}`
  const name = `${base}.safetensors`
  return {
    dir,
    name,
    file: join(dir, name),
    record: join(dir, `${base}.json`),
    lock: join(dir, `${base}.lock`),
  }
}

const RecordSchema = z.object({ size: z.number(), modified: z.number(), sha256: z.string() })

/**
 * Makes the copy, or waits for another process that is making it. A whole copy is never replaced: it may be in use,
 * and Windows would not let it go.
 */
async function makeCache(
  folder: ModelFolder,
  copies: ReadonlyMap<string, WeightCopy>,
  cache: CachePaths,
  options: CopyOptions,
): Promise<SafetensorsFile> {
  await mkdir(cache.dir, { recursive: true }).catch((error: unknown) => {
    throw diskError('create', cache.dir, error)
  })
  const make = async () => {
    const made = await readCache(cache, copies)
    if (made) return made
    await convert(folder, copies, cache, options)
    return readCache(cache, copies)
  }
  const file = await withLock(cache.lock, make, options.signal)
  if (file) return file
  throw new StudioError(
    'disk',
    `The ${options.title} copy of ${folder.dir} in ${cache.dir} was changed while it was being made.`,
    'Check that no other program writes to this folder, and try again.',
  )
}

/** The copy, if it is there and whole; undefined where it has to be made (again). */
async function readCache(
  cache: CachePaths,
  copies: ReadonlyMap<string, WeightCopy>,
): Promise<SafetensorsFile | undefined> {
  try {
    const record = RecordSchema.parse((await readJsonObject(cache.record)).json)
    const file = await openSafetensors(cache.file)
    if (file.size !== record.size || !holdsAll(file, copies)) return undefined
    if (file.modified === record.modified) return file
    if ((await hashData(file)) !== record.sha256) return undefined
    await writeJsonAtomic(cache.record, { ...record, modified: file.modified })
    return file
  } catch (error) {
    // A cache may be missing or broken in any way; the answer is always to make it again.
    if (error instanceof StudioError || error instanceof z.ZodError) return undefined
    throw error
  }
}

function holdsAll(file: SafetensorsFile, copies: ReadonlyMap<string, WeightCopy>): boolean {
  if (file.tensors.size !== copies.size) return false
  return [...copies].every(([name, { dtype, shape }]) => {
    const entry = file.tensors.get(name)
    return entry?.dtype === dtype && entry.offset % 4 === 0 && `${entry.shape}` === `${shape}`
  })
}

async function hashData(file: SafetensorsFile): Promise<string> {
  const hash = createHash('sha256')
  await hashRange(hash, file.path, file.dataOffset)
  return hash.digest('hex')
}

async function convert(
  folder: ModelFolder,
  copies: ReadonlyMap<string, WeightCopy>,
  cache: CachePaths,
  { title, onProgress, signal }: CopyOptions,
): Promise<void> {
  const bytes = ({ dtype, shape }: WeightCopy) => bytesFor(dtype, elementsOf(shape) ?? 0) ?? 0
  const total = [...copies.values()].reduce((sum, copy) => sum + bytes(copy), 0)
  await makeRoom(folder, cache, total, title)
  const hash = createHash('sha256')
  let done = 0
  // The writer asks for the tensors in the order in which they lie in the file, so `hash` sees the file's own bytes.
  const tensors = [...copies].map(([name, { dtype, shape, make }]): [string, LazyTensor] => [
    name,
    {
      dtype,
      shape,
      async load() {
        if (signal?.aborted)
          throw new StudioError('cancelled', 'The conversion was stopped.', 'Start it again.')
        onProgress?.({ done, total })
        const data = await make()
        hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        done += data.byteLength
        return data
      },
    },
  ])
  await writeSafetensors(cache.file, new Map(tensors), { format: 'pt', source: folder.hash })
  const { size, mtimeMs } = await stat(cache.file).catch((error: unknown) => {
    throw diskError('read', cache.file, error)
  })
  await writeJsonAtomic(cache.record, { size, modified: mtimeMs, sha256: hash.digest('hex') })
  onProgress?.({ done, total })
}

/** Clears what an earlier attempt left, and makes sure that the copy fits before a byte of it is written. */
async function makeRoom(folder: ModelFolder, cache: CachePaths, total: number, title: string): Promise<void> {
  try {
    for (const name of await readdir(cache.dir)) {
      if (name.startsWith(`.${cache.name}.`)) await removeAbandoned(join(cache.dir, name))
    }
    const { bavail, bsize } = await statfs(cache.dir)
    // A broken copy is replaced only when the new one is complete, so its room does not count.
    if (bavail * bsize >= total * 1.01) return
    const [needed, free] = [total, bavail * bsize].map((bytes) => (bytes / 1e9).toFixed(1))
    throw new StudioError(
      'disk',
      `Cannot convert ${folder.dir} to ${title}: the copy takes ${needed} GB, and ${cache.dir} has ${free} GB free.`,
      'Free some space, or choose a cache folder on a larger disk.',
    )
  } catch (error) {
    throw diskError('prepare', cache.dir, error)
  }
}

const ABANDONED_MS = 10 * 60_000

/** Removes the temporary file of a process that is gone: one that still writes has touched it lately. */
async function removeAbandoned(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there && Date.now() - there.mtimeMs > ABANDONED_MS) await rm(path, { force: true })
}
