/** Two fingerprints of a model: a cheap one for recognising it, and the full one for proving it. */

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { diskError } from '../../errors.ts'
import { readExactly } from '../safetensors/header.ts'
import type { WeightFile } from './weight-files.ts'

/** Bytes looked at in the middle of every tensor. */
const SAMPLE = 256

/**
 * SHA-256 (hex) over config.json and, for each weight file, its size, its header and 256 bytes from the middle of every
 * tensor. It reads kilobytes where the model has gigabytes and depends on neither folder nor date. The samples tell apart
 * two fine-tunings with equal configuration and sizes; it does not prove that every byte is the same: see `hashFiles`.
 */
export async function fingerprint(config: Uint8Array, files: readonly WeightFile[]): Promise<string> {
  const hash = createHash('sha256').update(`model 1\n${config.length}\n`).update(config)
  for (const { file } of files) {
    hash.update(`\n${file.size}\n`)
    const handle = await open(file.path, 'r').catch((error: unknown) => {
      throw diskError('read', file.path, error)
    })
    try {
      hash.update(await readExactly(handle, file.path, 0, file.dataOffset))
      for (const { offset, bytes } of file.tensors.values()) {
        const length = Math.min(SAMPLE, bytes)
        const middle = offset + Math.floor((bytes - length) / 2)
        hash.update(await readExactly(handle, file.path, middle, length))
      }
    } finally {
      await handle.close()
    }
  }
  return hash.digest('hex')
}

/**
 * SHA-256 (hex) over every byte of the weights: of a single file, what `sha256sum` prints for it; of several, the
 * SHA-256 of the lines "<sum>  <name>\n" in order of names, as in `sha256sum *.safetensors | sha256sum`.
 */
export async function hashFiles(files: readonly WeightFile[]): Promise<string> {
  const sums: [string, string][] = []
  for (const { name, file } of files) {
    const hash = createHash('sha256')
    await hashRange(hash, file.path)
    sums.push([name, hash.digest('hex')])
  }
  const only = sums.length === 1 ? sums[0]?.[1] : undefined
  if (only !== undefined) return only
  return createHash('sha256')
    .update(sums.map(([name, sum]) => `${sum}  ${name}\n`).join(''))
    .digest('hex')
}

/** Feeds the bytes of a file from `start` to its end into `hash`. */
export async function hashRange(hash: Hash, path: string, start = 0): Promise<void> {
  try {
    for await (const chunk of createReadStream(path, { start, highWaterMark: 2 ** 20 })) hash.update(chunk)
  } catch (error) {
    throw diskError('read', path, error)
  }
}
