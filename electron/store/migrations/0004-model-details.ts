/** What a model folder holds as last read, where a download came from, and models taken off the list while runs name them. */
import type { Database } from 'better-sqlite3'

export function modelDetails(database: Database): void {
  database.exec(`
    -- JSON: facts of the folder and the state of its files when they were read; NULL until the folder has been read.
    ALTER TABLE models ADD COLUMN details TEXT;
    -- Of a download: the repository on the hub and the commit.
    ALTER TABLE models ADD COLUMN repository TEXT;
    ALTER TABLE models ADD COLUMN revision TEXT;
    -- Set when the person forgot a model that runs still name.
    ALTER TABLE models ADD COLUMN removed_at INTEGER;
  `)
}
