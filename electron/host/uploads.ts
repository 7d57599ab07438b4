/** Files that a browser tab gives to the host, which cannot see the person's disk: kept until they are imported. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { diskError, StudioError } from '../../engine/errors.ts'

export interface Upload {
  readonly uploadId: string
  /** On the host's disk; ends in the name the person's file has. */
  readonly path: string
  readonly bytes: number
}

export interface Uploads {
  /**
   * Takes a file in. When the stream breaks off or `signal` aborts, nothing is left of it.
   * @param name the file's own name
   * @param announced how many bytes will come, when that is known
   * @throws StudioError `bad-argument` (no usable name), `disk` (not enough space), `cancelled`
   */
  receive(name: string, content: Readable, announced?: number, signal?: AbortSignal): Promise<Upload>
  /** @throws StudioError `not-found` */
  path(uploadId: string): string
  /** Deletes an upload that is no longer needed; one that is gone is none. */
  remove(uploadId: string): Promise<void>
}

/** What stays free on the disk, so that running work can still save. */
const reserveBytes = 256 * 1024 * 1024
const freeSpaceCheckedEvery = 64 * 1024 * 1024

/** What an earlier life of the studio left is deleted. */
export async function openUploads(dataDir: string): Promise<Uploads> {
  const root = join(dataDir, 'uploads')
  await rm(root, { recursive: true, force: true }).catch((error: unknown) => {
    throw diskError('tidy', root, error)
  })
  const uploads = new Map<string, Upload>()
  const folderOf = (uploadId: string) => join(root, uploadId)

  return {
    async receive(name, content, announced = 0, signal) {
      const uploadId = randomUUID()
      const folder = folderOf(uploadId)
      const path = join(folder, fileName(name))
      try {
        await mkdir(folder, { recursive: true })
        await demandSpace(root, announced)
        await pipeline(content, spaceWatched(root), createWriteStream(path, { flags: 'wx' }), { signal })
        const { size } = await stat(path)
        const upload = { uploadId, path, bytes: size }
        uploads.set(uploadId, upload)
        return upload
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw brokenOff(error) ? cancelled(name) : diskError('store', path, error)
      }
    },
    path(uploadId) {
      const upload = uploads.get(uploadId)
      if (upload !== undefined) return upload.path
      throw new StudioError('not-found', `There is no upload "${uploadId}".`, 'Choose the file again.')
    },
    async remove(uploadId) {
      if (!uploads.delete(uploadId)) return
      await rm(folderOf(uploadId), { recursive: true, force: true })
    },
  }
}

/** @throws StudioError `bad-argument` */
function fileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  // Characters that some file system refuses; the extension, which tells the format, stays.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const safe = last.replace(/[\u0000-\u001f<>:"|?*]/g, '_').replace(/^\.+|[. ]+$/g, '')
  if (safe !== '') return safe.slice(-120)
  throw new StudioError('bad-argument', 'The file has no name.', 'Give it a name and choose it again.')
}

/** Passes bytes on, and looks at the free space now and then: a file may be longer than it said. */
function spaceWatched(root: string) {
  return async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let sinceCheck = 0
    for await (const part of content) {
      sinceCheck += part.byteLength
      if (sinceCheck > freeSpaceCheckedEvery) {
        sinceCheck = 0
        await demandSpace(root, 0)
      }
      yield part
    }
  }
}

async function demandSpace(root: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root)
  if (bavail * bsize - bytes >= reserveBytes) return
  throw new StudioError(
    'disk',
    `There is not enough space in ${root} for this file.`,
    'Free some space on the disk of the data folder and try again; nothing was stored.',
  )
}

function brokenOff(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return error.name === 'AbortError' || ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(code)
}

function cancelled(name: string): StudioError {
  return new StudioError(
    'cancelled',
    `The upload of ${name} broke off; nothing was stored.`,
    'Choose the file again.',
  )
}
