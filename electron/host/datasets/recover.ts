/** Throws away what a process that died in the middle of an import, a save or a deletion left behind. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { diskError } from '../../../engine/errors.ts'
import type { Store } from '../../store/open-store.ts'
import { datasetsRoot, sheetCache, unfinishedName, versionsFolder } from './paths.ts'

/** @throws StudioError `disk` */
export function recoverDatasets(dataDir: string, store: Store): void {
  const root = datasetsRoot(dataDir)
  const known = new Set([...store.datasets.list(), ...store.datasets.binned()].map(({ id }) => id))
  try {
    mkdirSync(root, { recursive: true })
    for (const name of readdirSync(root)) {
      const folder = join(root, name)
      if (existsSync(join(folder, unfinishedName))) {
        // The store's entry is what completes an import and begins a deletion.
        if (known.has(name)) rmSync(join(folder, unfinishedName), { force: true })
        else rmSync(folder, { recursive: true, force: true })
      }
      if (known.has(name)) dropUnregistered(versionsFolder(dataDir, name), name, store)
    }
    const cache = sheetCache(dataDir)
    if (existsSync(cache))
      for (const name of readdirSync(cache))
        if (name.startsWith('.')) rmSync(join(cache, name), { recursive: true, force: true })
  } catch (error) {
    throw diskError('tidy', root, error)
  }
}

function dropUnregistered(folder: string, datasetId: string, store: Store): void {
  if (!existsSync(folder)) return
  const numbers = new Set(store.datasets.versions(datasetId).map(({ number }) => String(number)))
  for (const name of readdirSync(folder))
    if (!numbers.has(name)) rmSync(join(folder, name), { recursive: true, force: true })
}
