/** Writes files so that a crash or a full disk leaves either the old file or the complete new one. */

import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { diskError } from '../errors.ts'

/** Receives a file's bytes in order. */
export type Append = (bytes: Uint8Array) => Promise<void>

/**
 * Creates or replaces the file at `path` with what `produce` appends. It goes to a temporary file in the same folder,
 * which takes the name `path` once it is safely on the disk; on any failure the old file stays and the temporary goes.
 * Errors of the disk come as StudioError 'disk' or 'not-found'; what `produce` throws comes through unchanged.
 * @param mode who may do what with the file (less the process's umask)
 */
export async function writeAtomic(
  path: string,
  produce: (append: Append) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`,
  )
  let handle: FileHandle | undefined
  try {
    await refuseFolder(path)
    handle = await open(temporary, 'wx', mode)
    const opened = handle
    await produce((bytes) => appendAll(opened, bytes))
    await handle.sync()
    await handle.close()
    handle = undefined
    await rename(temporary, path)
  } catch (error) {
    // Neither may hide the first error: the handle may be the very thing that is broken.
    await handle?.close().catch(() => undefined)
    await rm(temporary, { force: true }).catch(() => undefined)
    throw isSystemError(error) ? diskError('write', path, error) : error
  }
  await syncFolder(dirname(path))
}

/** Creates or replaces the file at `path` with `data` (text as UTF-8), as `writeAtomic` does. */
export function writeFileAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  return writeAtomic(path, (append) => append(typeof data === 'string' ? Buffer.from(data) : data), mode)
}

/** Creates or replaces the file at `path` with `value` as indented JSON, as `writeAtomic` does. */
export async function writeJsonAtomic(path: string, value: unknown, mode?: number): Promise<void> {
  const text: string | undefined = JSON.stringify(value, null, 2)
  if (text === undefined) throw new TypeError(`${typeof value} cannot be written as JSON`)
  return writeFileAtomic(path, `${text}\n`, mode)
}

/** Whether an error came from the operating system (and not from the code that was running). */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** A rename onto a folder would fail too, but only after everything has been written. */
async function refuseFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) {
    throw diskError('write', path, Object.assign(new Error('is a folder'), { code: 'EISDIR' }))
  }
}

async function appendAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    // One system call writes at most 2 GiB, and sometimes less than it was given.
    const { bytesWritten } = await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))
    done += bytesWritten
  }
}

/** Makes the rename itself durable. Windows cannot open folders and does not need it: a failure changes nothing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
