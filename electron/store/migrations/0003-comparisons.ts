/**
 * Version 3: steps know when they were measured, long runs are kept as columns (metric_chunks), comparisons can be saved.
 * This text is frozen: it upgrades what version 2 wrote, whatever the store does today.
 */
import type { Database } from 'better-sqlite3'

const pointsPerChunk = 1_024
const columns = [
  'step',
  'epoch',
  'loss',
  'learning_rate',
  'gradient_norm',
  'useful_tokens',
  'tokens',
  'examples',
  'seconds',
  'peak_memory_bytes',
  'at',
] as const

export function comparisons(database: Database): void {
  database.exec(`
    CREATE TABLE new_metrics (
      run_id            TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step              INTEGER NOT NULL,
      epoch             REAL    NOT NULL,
      loss              REAL,
      learning_rate     REAL    NOT NULL,
      gradient_norm     REAL,
      useful_tokens     INTEGER NOT NULL,
      tokens            INTEGER NOT NULL,
      examples          INTEGER NOT NULL,
      seconds           REAL    NOT NULL,
      peak_memory_bytes INTEGER NOT NULL,
      at                INTEGER NOT NULL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;
    -- When a step was measured was not written down: its run's start and the time of the steps since is the nearest to it.
    INSERT INTO new_metrics
    SELECT run_id, step, epoch, loss, learning_rate, gradient_norm, useful_tokens, tokens, examples, metrics.seconds,
           metrics.peak_memory_bytes,
           CAST(coalesce(started_at, created_at)
                + 1000 * sum(metrics.seconds) OVER (PARTITION BY run_id ORDER BY step) AS INTEGER)
    FROM metrics JOIN runs ON runs.id = run_id;
    DROP TABLE metrics;
    ALTER TABLE new_metrics RENAME TO metrics;

    -- One column of some thousand steps of a run: little-endian doubles, NaN where a row holds NULL. A step is either in a
    -- row of metrics or in chunks, never in both; the newest step of a run is always a row.
    CREATE TABLE metric_chunks (
      run_id     TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      metric     TEXT    NOT NULL,
      first_step INTEGER NOT NULL,
      last_step  INTEGER NOT NULL,
      -- Sum of the values that are numbers.
      total      REAL    NOT NULL,
      data       BLOB    NOT NULL,
      PRIMARY KEY (run_id, metric, first_step)
    ) STRICT;

    -- run_ids and view are JSON. Runs may be gone; the comparison says so when it is opened.
    CREATE TABLE comparisons (
      id          TEXT    NOT NULL PRIMARY KEY,
      name        TEXT    NOT NULL,
      run_ids     TEXT    NOT NULL,
      baseline_id TEXT,
      view        TEXT    NOT NULL,
      created_at  INTEGER NOT NULL,
      updated_at  INTEGER NOT NULL
    ) STRICT;
  `)
  const long = database.prepare<[number], { run_id: string }>(
    'SELECT run_id FROM metrics GROUP BY run_id HAVING count(*) > ?',
  )
  for (const { run_id } of long.all(pointsPerChunk)) sealRun(database, run_id)
}

function sealRun(database: Database, runId: string): void {
  const rows = database
    .prepare<[string], number[]>(`SELECT ${columns.join(', ')} FROM metrics WHERE run_id = ? ORDER BY step`)
    .raw()
    .all(runId)
  const insert = database.prepare('INSERT INTO metric_chunks VALUES (?, ?, ?, ?, ?, ?)')
  const chunks = Map.groupBy(rows.slice(0, -1), ([step = 0]) => Math.floor((step - 1) / pointsPerChunk))
  chunks.delete(Math.floor((rows.at(-1)![0]! - 1) / pointsPerChunk))
  for (const chunk of chunks.values()) {
    const [first, last] = [chunk[0]![0]!, chunk.at(-1)![0]!]
    for (const [place, metric] of columns.entries()) {
      const data = Float64Array.from(chunk, (row) => row[place] ?? Number.NaN)
      const total = data.reduce((sum, value) => (Number.isFinite(value) ? sum + value : sum), 0)
      insert.run(runId, metric, first, last, total, new Uint8Array(data.buffer))
    }
    database.prepare('DELETE FROM metrics WHERE run_id = ? AND step BETWEEN ? AND ?').run(runId, first, last)
  }
}
