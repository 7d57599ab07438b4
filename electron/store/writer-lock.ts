/**
 * One writer per store. The lock is the operating system's own (an exclusive transaction on a file next to the
 * store), so it ends with its process however that dies: there are no stale locks. A second file names the holder.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { diskError, StudioError } from '../../engine/errors.ts'
import { withSqlErrors } from './sql.ts'

export interface WriterLock {
  release(): void
}

/**
 * @param patienceMs how long to wait for the present holder
 * @throws StudioError `locked`, naming the process that writes
 * @throws StudioError `disk` when the folder cannot be written
 */
export function acquireWriterLock(dataDir: string, patienceMs: number): WriterLock {
  const path = join(dataDir, 'writer.lock')
  const holderFile = join(dataDir, 'writer.pid')
  const database = withSqlErrors(path, () => new Database(path, { timeout: patienceMs }))
  try {
    withSqlErrors(path, () => database.exec('BEGIN EXCLUSIVE'))
  } catch (error) {
    database.close()
    if (error instanceof StudioError && error.code === 'locked') throw lockedBy(dataDir, holderFile)
    throw error
  }
  try {
    writeFileSync(holderFile, String(process.pid))
  } catch (error) {
    database.close()
    throw diskError('write', holderFile, error)
  }
  return {
    release: () => {
      rmSync(holderFile, { force: true })
      database.close()
    },
  }
}

function lockedBy(dataDir: string, holderFile: string): StudioError {
  return new StudioError(
    'locked',
    `The studio data in ${dataDir} is in use by ${holderOf(holderFile)}.`,
    'Close the other PEFT Studio (or wait for its run to end), or use another folder with PEFT_STUDIO_DATA.',
  )
}

function holderOf(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8')}`
  } catch {
    // The holder is between taking the lock and writing its number.
    return 'another process'
  }
}
