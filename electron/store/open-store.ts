/** The studio's memory: one SQLite database per data folder, written by one process at a time. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { diskError, StudioError } from '../../engine/errors.ts'
import { type Attempts, attemptsRepository } from './attempts.ts'
import { type Checkpoints, checkpointsRepository } from './checkpoints.ts'
import { type Comparisons, comparisonsRepository } from './comparisons.ts'
import { type Datasets, datasetsRepository } from './datasets.ts'
import { type Events, eventsRepository } from './events.ts'
import { type Metrics, metricsRepository } from './metrics.ts'
import { migrate, refuseFuture } from './migrate.ts'
import { type Models, modelsRepository } from './models.ts'
import { type Queue, queueRepository } from './queue.ts'
import { type Runs, runsRepository } from './runs.ts'
import { type Samples, samplesRepository } from './samples.ts'
import { openSql, type Sql, withSqlErrors } from './sql.ts'
import { acquireWriterLock } from './writer-lock.ts'

export interface Store {
  readonly dataDir: string
  readonly models: Models
  readonly datasets: Datasets
  readonly runs: Runs
  readonly queue: Queue
  readonly attempts: Attempts
  readonly metrics: Metrics
  readonly comparisons: Comparisons
  readonly samples: Samples
  readonly checkpoints: Checkpoints
  readonly events: Events
  /** Runs `work` in one transaction: all of it is stored or nothing. */
  transaction<T>(work: () => T): T
  close(): void
}

/**
 * Opens the store of a data folder for writing, creating or upgrading it. Runs that a process left behind by dying
 * become *interrupted*.
 * @throws StudioError `locked` (another process writes), `unsupported` (from a newer studio), `disk`, `bad-file`
 */
export function openStore(dataDir: string): Store {
  // A reader may be tidying up (see below), which takes a few milliseconds: worth waiting for.
  return openForWriting(dataDir, 500)
}

function openForWriting(dataDir: string, patienceMs: number): Store {
  makeFolder(dataDir)
  const lock = acquireWriterLock(dataDir, patienceMs)
  try {
    const store = openDatabase(dataDir, databasePath(dataDir), {}, (database) => {
      database.pragma('journal_mode = WAL')
      migrate(database)
    })
    interruptOrphans(store)
    return {
      ...store,
      close: () => {
        store.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Opens the store of a data folder for reading, beside a process that writes if there is one. A folder without a
 * store reads as an empty store and is left as it is.
 * @throws StudioError `unsupported`, `disk`, `bad-file`
 */
export function openStoreForReading(dataDir: string): Store {
  const path = databasePath(dataDir)
  if (!existsSync(path)) return openDatabase(dataDir, ':memory:', {}, migrate)
  tidyIfNobodyWrites(dataDir)
  return openDatabase(dataDir, path, { readonly: true, fileMustExist: true }, refuseFuture)
}

/** Folder by folder: asked for all at once, Node calls a read-only disk a missing file. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!existsSync(path)) throw diskError('create', path, error)
  }
}

function databasePath(dataDir: string): string {
  return join(dataDir, 'studio.db')
}

function openDatabase(
  dataDir: string,
  path: string,
  options: Database.Options,
  prepare: (database: Database.Database) => void,
): Store {
  const database = withSqlErrors(path, () => new Database(path, { timeout: 5_000, ...options }))
  try {
    return withSqlErrors(path, () => {
      database.pragma('foreign_keys = ON')
      // With WAL a commit survives the death of the process; only a power cut may take the last ones.
      database.pragma('synchronous = NORMAL')
      prepare(database)
      return { dataDir, ...repositories(openSql(database, path)), close: () => database.close() }
    })
  } catch (error) {
    database.close()
    throw error
  }
}

function repositories(sql: Sql): Omit<Store, 'dataDir' | 'close'> {
  return {
    models: modelsRepository(sql),
    datasets: datasetsRepository(sql),
    runs: runsRepository(sql),
    queue: queueRepository(sql),
    attempts: attemptsRepository(sql),
    metrics: metricsRepository(sql),
    comparisons: comparisonsRepository(sql),
    samples: samplesRepository(sql),
    checkpoints: checkpointsRepository(sql),
    events: eventsRepository(sql),
    transaction: sql.transaction,
  }
}

/** Only the holder of the writer lock runs anything, so what is still running when the lock is taken is orphaned. */
function interruptOrphans(store: Store): void {
  store.transaction(() => {
    for (const run of store.runs.unfinished()) {
      const step = store.metrics.lastStep(run.id)
      const message = `The studio ended while the run was going on; everything up to step ${step} is saved.`
      store.runs.interrupt(run.id, message)
      store.events.add({ runId: run.id, step, level: 'warning', message })
    }
  })
}

/** Upgrades the schema and marks interrupted runs, as a writer would; a reader may not be able to, which is fine. */
function tidyIfNobodyWrites(dataDir: string): void {
  try {
    openForWriting(dataDir, 0).close()
  } catch (error) {
    const expected = error instanceof StudioError && (error.code === 'locked' || error.code === 'disk')
    if (!expected) throw error
  }
}
