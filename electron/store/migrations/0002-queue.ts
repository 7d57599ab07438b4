/** Version 2: the queue, what a person writes on a run, the bin, how runs end, and each time a trainer worked on one. */
import type { Database } from 'better-sqlite3'

export function queue(database: Database): void {
  database.exec(`
    ALTER TABLE runs ADD COLUMN queue_position INTEGER;
    ALTER TABLE runs ADD COLUMN parent_step    INTEGER;
    ALTER TABLE runs ADD COLUMN ending         TEXT;
    ALTER TABLE runs ADD COLUMN kept_step      INTEGER;
    ALTER TABLE runs ADD COLUMN tags           TEXT    NOT NULL DEFAULT '[]';
    ALTER TABLE runs ADD COLUMN notes          TEXT    NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN deleted_at     INTEGER;
    CREATE INDEX runs_in_queue ON runs (queue_position) WHERE queue_position IS NOT NULL;

    -- One row: whether the queue waits for the person, and why.
    CREATE TABLE queue (
      id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
      reason  TEXT    CHECK (reason IN ('asked', 'restart', 'failure')),
      message TEXT    NOT NULL,
      run_id  TEXT    REFERENCES runs (id) ON DELETE SET NULL
    ) STRICT;
    INSERT INTO queue (id, reason, message) VALUES (1, NULL, '');

    -- A run is worked on once, and again after each interruption: what lay behind resumed_from was measured anew.
    CREATE TABLE attempts (
      run_id       TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      number       INTEGER NOT NULL,
      resumed_from INTEGER NOT NULL,
      started_at   INTEGER NOT NULL,
      PRIMARY KEY (run_id, number)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE events ADD COLUMN hint    TEXT;
    ALTER TABLE events ADD COLUMN finding TEXT;

    -- A resumed run answers its prompts again: the newer answer stands. AUTOINCREMENT: readers re-join from an id.
    CREATE TABLE new_samples (
      id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      run_id     TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step       INTEGER NOT NULL,
      prompt     TEXT    NOT NULL,
      output     TEXT    NOT NULL,
      tokens     INTEGER,
      settings   TEXT    NOT NULL,
      created_at INTEGER NOT NULL,
      UNIQUE (run_id, step, prompt, settings)
    ) STRICT;
    INSERT OR REPLACE INTO new_samples
    SELECT id, run_id, step, prompt, output, NULL, settings, created_at FROM samples;
    DROP TABLE samples;
    ALTER TABLE new_samples RENAME TO samples;
  `)
}
