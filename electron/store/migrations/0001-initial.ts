/** Version 1: models, datasets and their versions, runs and everything a run tells. */
import type { Database } from 'better-sqlite3'

/** Times are milliseconds since 1970 (UTC); JSON columns hold text that zod checks on the way out. */
export function initial(database: Database): void {
  database.exec(`
    CREATE TABLE models (
      id            TEXT    NOT NULL PRIMARY KEY,
      name          TEXT    NOT NULL,
      source        TEXT    NOT NULL CHECK (source IN ('built-in', 'local', 'hub')),
      path          TEXT    NOT NULL,
      architecture  TEXT    NOT NULL,
      parameters    INTEGER NOT NULL,
      bytes         INTEGER NOT NULL,
      fingerprint   TEXT    NOT NULL,
      added_at      INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE datasets (
      id            TEXT    NOT NULL PRIMARY KEY,
      name          TEXT    NOT NULL,
      source        TEXT    NOT NULL,
      created_at    INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE dataset_versions (
      id            TEXT    NOT NULL PRIMARY KEY,
      dataset_id    TEXT    NOT NULL REFERENCES datasets (id),
      number        INTEGER NOT NULL,
      content_hash  TEXT    NOT NULL,
      path          TEXT    NOT NULL,
      rows          INTEGER NOT NULL,
      bytes         INTEGER NOT NULL,
      note          TEXT    NOT NULL,
      created_at    INTEGER NOT NULL,
      UNIQUE (dataset_id, number),
      UNIQUE (dataset_id, content_hash)
    ) STRICT;

    CREATE TABLE runs (
      id                       TEXT    NOT NULL PRIMARY KEY,
      name                     TEXT    NOT NULL,
      method                   TEXT    NOT NULL,
      model_id                 TEXT    NOT NULL REFERENCES models (id),
      dataset_version_id       TEXT    NOT NULL REFERENCES dataset_versions (id),
      status                   TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'interrupted',
                                                                  'completed', 'failed', 'cancelled')),
      config                   TEXT    NOT NULL,
      environment              TEXT    NOT NULL,
      parent_run_id            TEXT    REFERENCES runs (id) ON DELETE SET NULL,
      lineage                  TEXT    CHECK (lineage IN ('fork', 'resume')),
      created_at               INTEGER NOT NULL,
      started_at               INTEGER,
      finished_at              INTEGER,
      device                   TEXT,
      planned_steps            INTEGER,
      trainable_parameters     INTEGER,
      total_parameters         INTEGER,
      base_validation_loss     REAL,
      train_loss               REAL,
      validation_loss          REAL,
      useful_tokens_per_second REAL,
      peak_memory_bytes        INTEGER,
      seconds                  REAL,
      adapter_path             TEXT,
      adapter_bytes            INTEGER,
      error                    TEXT
    ) STRICT;
    CREATE INDEX runs_by_time ON runs (created_at);

    -- Losses and norms are NULL where the computation gave NaN, which SQLite cannot hold.
    CREATE TABLE metrics (
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
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE evaluations (
      run_id          TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step            INTEGER NOT NULL,
      validation_loss REAL,
      best            INTEGER NOT NULL CHECK (best IN (0, 1)),
      seconds         REAL    NOT NULL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE samples (
      id         INTEGER NOT NULL PRIMARY KEY,
      run_id     TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step       INTEGER NOT NULL,
      prompt     TEXT    NOT NULL,
      output     TEXT    NOT NULL,
      settings   TEXT    NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX samples_by_run ON samples (run_id, step);

    CREATE TABLE checkpoints (
      run_id     TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step       INTEGER NOT NULL,
      path       TEXT    NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      run_id     TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step       INTEGER NOT NULL,
      level      TEXT    NOT NULL CHECK (level IN ('info', 'warning', 'error')),
      message    TEXT    NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_by_run ON events (run_id, id);
  `)
}
