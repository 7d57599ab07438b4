/** What the data folder holds, by part, and the parts that may go because they are made again. */
import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { Storage } from '../../contract/system.ts'
import type { Host } from '../host.ts'

interface Part {
  readonly key: string
  readonly label: string
  readonly help: string
  /** Entries of the data folder that belong to it. */
  holds(name: string): boolean
}

const named =
  (...names: string[]) =>
  (name: string): boolean =>
    names.includes(name)

/** The first that holds an entry has it; the last holds everything. */
const parts: readonly Part[] = [
  { key: 'models', label: 'Models', help: 'Base models downloaded from the hub.', holds: named('models') },
  {
    key: 'datasets',
    label: 'Datasets',
    help: 'Imported datasets with all their versions.',
    holds: named('datasets'),
  },
  { key: 'runs', label: 'Runs', help: 'Adapters and checkpoints.', holds: named('runs') },
  {
    key: 'caches',
    label: 'Caches',
    help: 'Tokenised data, weights converted to float32, indexes of datasets. Made again when needed.',
    holds: named('cache'),
  },
  {
    key: 'downloads',
    label: 'Downloads and uploads',
    help: 'Files from the hub and from browser tabs on their way into the studio.',
    holds: named('hub', 'uploads'),
  },
  {
    key: 'database',
    label: 'Database and settings',
    help: 'Metrics, samples, settings and the log.',
    holds: () => true,
  },
]

/** Those that nothing holds open between runs. */
const CACHES = ['tokens', 'float32']

export async function storage({ dataDir }: Pick<Host, 'dataDir'>): Promise<Storage> {
  const sums = new Map(parts.map(({ key }) => [key, { bytes: 0, files: 0 }]))
  try {
    for (const name of await readdir(dataDir)) {
      const part = parts.find(({ holds }) => holds(name))!
      const { bytes, files } = await sizeOf(join(dataDir, name))
      const sum = sums.get(part.key)!
      sums.set(part.key, { bytes: sum.bytes + bytes, files: sum.files + files })
    }
    const { bavail, bsize } = await statfs(dataDir)
    const clearable = await Promise.all(CACHES.map((name) => sizeOf(join(dataDir, 'cache', name))))
    const sized = parts.map(({ key, label, help }) => ({ key, label, help, ...sums.get(key)! }))
    return {
      dataDir,
      freeBytes: bavail * bsize,
      totalBytes: sized.reduce((sum, { bytes }) => sum + bytes, 0),
      clearableBytes: clearable.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: sized,
    }
  } catch (error) {
    throw diskError('read', dataDir, error)
  }
}

/** @throws StudioError `locked` while something is being trained or a job may be using the caches */
export async function clearCaches({
  dataDir,
  store,
  jobs,
}: Pick<Host, 'dataDir' | 'store' | 'jobs'>): Promise<number> {
  const running = store.runs.unfinished().length
  const job = jobs.list().find(({ state }) => state === 'running')
  if (running > 0 || job !== undefined)
    throw new StudioError(
      'locked',
      `The caches are in use: ${running > 0 ? 'a run is being trained' : job?.title}.`,
      'Wait until it has ended, then clear them.',
    )
  let freed = 0
  for (const name of CACHES) {
    const dir = join(dataDir, 'cache', name)
    const { bytes } = await sizeOf(dir)
    await rm(dir, { recursive: true, force: true }).catch((error: unknown) => {
      throw diskError('clear', dir, error)
    })
    freed += bytes
  }
  return freed
}

/** Bytes and number of files; what vanishes meanwhile counts nothing. */
async function sizeOf(path: string): Promise<{ bytes: number; files: number }> {
  const own = await stat(path).catch(() => undefined)
  if (own === undefined) return { bytes: 0, files: 0 }
  if (!own.isDirectory()) return { bytes: own.size, files: 1 }
  const inside = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))))
  return inside.reduce((a, b) => ({ bytes: a.bytes + b.bytes, files: a.files + b.files }), {
    bytes: 0,
    files: 0,
  })
}
