/** Datasets edited in the studio: their kind, unsaved work and bin; versions with validation rows, format and parent. */
import type { Database } from 'better-sqlite3'

export function datasetDetails(database: Database): void {
  database.exec(`
    ALTER TABLE datasets ADD COLUMN kind TEXT NOT NULL DEFAULT 'file'
      CHECK (kind IN ('built-in', 'imported', 'file'));
    UPDATE datasets SET kind = 'built-in' WHERE source = 'built-in';
    ALTER TABLE datasets ADD COLUMN description TEXT NOT NULL DEFAULT '';
    -- Whether the working rows differ from every version.
    ALTER TABLE datasets ADD COLUMN unsaved INTEGER NOT NULL DEFAULT 0 CHECK (unsaved IN (0, 1));
    -- Rows of the import that could not be read.
    ALTER TABLE datasets ADD COLUMN bad_rows INTEGER NOT NULL DEFAULT 0;
    -- Set when it lies in the bin.
    ALTER TABLE datasets ADD COLUMN deleted_at INTEGER;

    -- Paths of versions made here are relative to the data folder, which may be moved.
    ALTER TABLE dataset_versions ADD COLUMN validation_path TEXT;
    ALTER TABLE dataset_versions ADD COLUMN validation_rows INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE dataset_versions ADD COLUMN format TEXT;
    ALTER TABLE dataset_versions ADD COLUMN columns TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE dataset_versions ADD COLUMN parent_id TEXT REFERENCES dataset_versions (id);
  `)
}
