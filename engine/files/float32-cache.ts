/** Keeps float32 copies of 16-bit models on disk, because a runtime can only map a file whose bytes it computes with. */

import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from './atomic.ts'
import { readJsonObject } from './json.ts'
import { withLock } from './lock.ts'
import { hashRange } from './model-folder/hash.ts'
import { loadWeight, type ModelFolder, measure, type WeightLocation } from './model-folder.ts'
import { elementsOf } from './safetensors/dtypes.ts'
import {
  isFloating,
  type LazyTensor,
  openSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  writeSafetensors,
} from './safetensors.ts'

/** Bytes of float32 written so far, and in all. */
export type ConversionProgress = (progress: { readonly done: number; readonly total: number }) => void

/**
 * The folder with every floating-point weight in float32 at an offset that is a multiple of 4, ready to be mapped.
 * Weights that already are stay where they are; the others are converted once into one file of `cacheDir`, which later
 * calls and other processes find again. Its size, header and date are checked each time, its content where the date differs.
 * Throws StudioError: 'disk' (not enough room: nothing is written), 'unsupported' (float8 and smaller), 'cancelled'.
 */
export async function ensureFloat32(
  folder: ModelFolder,
  cacheDir: string,
  onProgress?: ConversionProgress,
  signal?: AbortSignal,
): Promise<ModelFolder> {
  const pending = [...folder.weights.values()].filter(needsConversion)
  if (pending.length === 0) return folder
  refuseUnmappable(folder)
  const cache = cachePaths(folder, cacheDir)
  const file =
    (await readCache(cache, pending)) ?? (await makeCache(folder, pending, cache, onProgress, signal))
  const { path, tensors } = file
  const converted = [...tensors].map(([name, entry]): [string, WeightLocation] => [
    name,
    { path, name, ...entry },
  ])
  const weights = new Map([...folder.weights, ...converted])
  return { ...folder, files: [...folder.files, { name: cache.name, file }], weights, ...measure(weights) }
}

const CONVERTIBLE: ReadonlySet<SafetensorsDtype> = new Set(['F64', 'F32', 'F16', 'BF16'])

function needsConversion({ dtype, offset }: WeightLocation): boolean {
  return isFloating(dtype) && (dtype !== 'F32' || offset % 4 !== 0)
}

/** Throws StudioError 'unsupported' where a weight is stored in a type (float8 and smaller) that cannot be converted. */
export function refuseUnmappable({ dir, weights }: ModelFolder): void {
  for (const [name, { dtype }] of weights) {
    if (!isFloating(dtype) || CONVERTIBLE.has(dtype)) continue
    throw new StudioError(
      'unsupported',
      `Cannot use ${dir}: its tensor ${JSON.stringify(name)} is stored as ${dtype}, which has no meaning without its scales.`,
      'Download the original model in float32, float16 or bfloat16.',
    )
  }
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
function cachePaths(folder: ModelFolder, cacheDir: string): CachePaths {
  const dates = folder.files.map(({ file }) => `${file.size}:${file.modified}`).join(' ')
  const key = createHash('sha256').update(`${folder.hash} ${dates}`).digest('hex').slice(0, 32)
  const dir = resolve(cacheDir)
  const name = `${key}.safetensors`
  return {
    dir,
    name,
    file: join(dir, name),
    record: join(dir, `${key}.json`),
    lock: join(dir, `${key}.lock`),
  }
}

const RecordSchema = z.object({ size: z.number(), modified: z.number(), sha256: z.string() })

/**
 * Makes the copy, or waits for another process that is making it. A whole copy is never replaced: it may be in use,
 * and Windows would not let it go.
 */
async function makeCache(
  folder: ModelFolder,
  pending: readonly WeightLocation[],
  cache: CachePaths,
  onProgress: ConversionProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<SafetensorsFile> {
  await mkdir(cache.dir, { recursive: true }).catch((error: unknown) => {
    throw diskError('create', cache.dir, error)
  })
  const make = async () => {
    const made = await readCache(cache, pending)
    if (made) return made
    await convert(folder, pending, cache, onProgress, signal)
    return readCache(cache, pending)
  }
  const file = await withLock(cache.lock, make, signal)
  if (file) return file
  throw new StudioError(
    'disk',
    `The float32 copy of ${folder.dir} in ${cache.dir} was changed while it was being made.`,
    'Check that no other program writes to this folder, and try again.',
  )
}

/** The copy, if it is there and whole; undefined where it has to be made (again). */
async function readCache(
  cache: CachePaths,
  pending: readonly WeightLocation[],
): Promise<SafetensorsFile | undefined> {
  try {
    const record = RecordSchema.parse((await readJsonObject(cache.record)).json)
    const file = await openSafetensors(cache.file)
    if (file.size !== record.size || !holdsAll(file, pending)) return undefined
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

function holdsAll(file: SafetensorsFile, pending: readonly WeightLocation[]): boolean {
  if (file.tensors.size !== pending.length) return false
  return pending.every(({ name, shape }) => {
    const entry = file.tensors.get(name)
    return entry?.dtype === 'F32' && entry.offset % 4 === 0 && `${entry.shape}` === `${shape}`
  })
}

async function hashData(file: SafetensorsFile): Promise<string> {
  const hash = createHash('sha256')
  await hashRange(hash, file.path, file.dataOffset)
  return hash.digest('hex')
}

async function convert(
  folder: ModelFolder,
  pending: readonly WeightLocation[],
  cache: CachePaths,
  onProgress: ConversionProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const total = pending.reduce((sum, { shape }) => sum + 4 * (elementsOf(shape) ?? 0), 0)
  await makeRoom(folder, cache, total)
  const hash = createHash('sha256')
  let done = 0
  // The writer asks for the tensors in the order in which they lie in the file, so `hash` sees the file's own bytes.
  const tensors = pending.map(({ name, shape }): [string, LazyTensor] => [
    name,
    {
      dtype: 'F32',
      shape,
      async load() {
        if (signal?.aborted)
          throw new StudioError('cancelled', 'The conversion was stopped.', 'Start it again.')
        onProgress?.({ done, total })
        const { data } = await loadWeight(folder, name)
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
async function makeRoom(folder: ModelFolder, cache: CachePaths, total: number): Promise<void> {
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
      `Cannot convert ${folder.dir} to float32: the copy takes ${needed} GB, and ${cache.dir} has ${free} GB free.`,
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
