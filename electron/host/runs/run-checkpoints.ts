/** The checkpoints of a run that lie on the disk: a trainer keeps the newest, the store remembers all. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RunCheckpoint } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'

export interface StoredCheckpoint extends RunCheckpoint {
  readonly path: string
}

/** Oldest first. */
export function runCheckpoints(store: Store, runId: string): StoredCheckpoint[] {
  return store.checkpoints.list(runId).flatMap(({ step, path, createdAt }) => {
    const bytes = bytesOf(path)
    return bytes === undefined ? [] : [{ step, path, createdAt, bytes }]
  })
}

/** Undefined where the folder is gone, or is just being removed. */
function bytesOf(folder: string): number | undefined {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  } catch {
    return undefined
  }
}
