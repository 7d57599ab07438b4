/** Lets one process at a time do a piece of work, with a lock file that outlives no crash for long. */

import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskError, StudioError } from '../errors.ts'
import { isSystemError } from './atomic.ts'

const BEAT_MS = 5_000
const STALE_MS = 60_000
const POLL_MS = 100

/**
 * Runs `work` while holding the lock file at `path`, after waiting for whoever holds it now (same process or another).
 * A lock whose process is gone, or that has shown no sign of life for a minute, is taken over. Two that take over the
 * same dead lock at the same instant may both run: `work` has to be safe then too, only wasteful.
 * Throws StudioError 'cancelled' when `signal` fires while waiting, 'disk' where the lock cannot be made.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const owner = `${hostname()} ${process.pid}`
  while (!(await acquire(path, owner))) {
    if (signal?.aborted) {
      throw new StudioError('cancelled', `Stopped waiting for another process (${path}).`, 'Start it again.')
    }
    if (await isAbandoned(path)) await rm(path, { force: true })
    else await sleep(POLL_MS)
  }
  const beat = setInterval(() => {
    const now = new Date()
    // A beat that fails (lock taken over, folder gone) costs at most a second run of the work.
    utimes(path, now, now).catch(() => undefined)
  }, BEAT_MS)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    // Not if it was taken over meanwhile: then it is another's.
    if ((await readFile(path, 'utf8').catch(() => '')) === owner) await rm(path, { force: true })
  }
}

async function acquire(path: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(owner)
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw isSystemError(error) ? diskError('lock', path, error) : error
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  if (!there) return false
  if (Date.now() - there.mtimeMs > STALE_MS) return true
  const [host, pid] = (await readFile(path, 'utf8').catch(() => '')).split(' ')
  return host === hostname() && pid !== undefined && !isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is never delivered; it only asks whether the process exists.
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
