/** Lets one bootstrap at a time into a folder: a lock file with the holder's pid and a heartbeat. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgress } from './progress.mjs'

const heartbeatMs = 2_000
const silentForTooLongMs = 30_000

/**
 * Runs `work` while no other process runs work under the same lock file; waits for its turn, showing for whom.
 * @template T
 * @param {string} lockFile
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function exclusively(lockFile, work) {
  mkdirSync(dirname(lockFile), { recursive: true })
  if (!acquire(lockFile)) {
    const progress = startProgress(
      `Waiting for another set-up of this folder (process ${holderOf(lockFile)})`,
    )
    while (!acquire(lockFile)) {
      if (abandoned(lockFile)) setAside(lockFile)
      await sleep(300)
    }
    progress.end('done')
  }
  const release = () => rmSync(lockFile, { force: true })
  const interrupted = () => process.exit(130)
  const heartbeat = setInterval(() => writeFileSync(lockFile, String(process.pid)), heartbeatMs)
  process.on('exit', release).on('SIGINT', interrupted).on('SIGTERM', interrupted)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release).off('SIGINT', interrupted).off('SIGTERM', interrupted)
    release()
  }
}

/** @param {string} lockFile */
function acquire(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} lockFile @returns {number} 0 when the file has just gone or is not written yet */
function holderOf(lockFile) {
  try {
    return Number(readFileSync(lockFile, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return 0
    throw error
  }
}

/** @param {string} lockFile */
function abandoned(lockFile) {
  const holder = holderOf(lockFile)
  const stat = statSync(lockFile, { throwIfNoEntry: false })
  if (stat === undefined) return false
  return (holder > 0 && !alive(holder)) || Date.now() - stat.mtimeMs > silentForTooLongMs
}

/**
 * Renaming is atomic: of several waiters only one moves the abandoned file away. A slower one may move the file of
 * the waiter that came first; it puts that back.
 * @param {string} lockFile
 */
function setAside(lockFile) {
  const aside = `${lockFile}.${process.pid}`
  try {
    renameSync(lockFile, aside)
    if (!abandoned(aside)) linkSync(aside, lockFile)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
  rmSync(aside, { force: true })
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
