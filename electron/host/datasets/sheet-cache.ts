/** Keeps the folder of laid-out versions small: those used last stay. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { diskError } from '../../../engine/errors.ts'
import { sheetCache } from './paths.ts'

const keptVersions = 8

/** Notes that a laid-out version is used. @param path its file */
export function markUsed(path: string): void {
  const now = new Date()
  try {
    utimesSync(dirname(path), now, now)
  } catch (error) {
    throw diskError('open', path, error)
  }
}

/** @param open files that are in use */
export function trimSheetCache(dataDir: string, open: ReadonlySet<string>): void {
  const root = sheetCache(dataDir)
  try {
    const folders = readdirSync(root)
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ path: join(root, name), usedAt: statSync(join(root, name)).mtimeMs }))
      .sort((a, b) => b.usedAt - a.usedAt)
    const inUse = new Set([...open].map(dirname))
    for (const { path } of folders.slice(keptVersions))
      if (!inUse.has(path)) rmSync(path, { recursive: true, force: true })
  } catch (error) {
    throw diskError('tidy', root, error)
  }
}
