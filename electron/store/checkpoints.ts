/** Where a run can be resumed from. */
import type { Sql } from './sql.ts'

export interface Checkpoint {
  readonly runId: string
  readonly step: number
  readonly path: string
  readonly createdAt: number
}

export type Checkpoints = ReturnType<typeof checkpointsRepository>

export function checkpointsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT OR REPLACE INTO checkpoints (run_id, step, path, created_at) VALUES (:runId, :step, :path, :now)`)
  const ofRun = sql.prepare<Checkpoint>(`
    SELECT run_id AS runId, step, path, created_at AS createdAt FROM checkpoints WHERE run_id = :runId ORDER BY step`)
  const removeAfter = sql.prepare('DELETE FROM checkpoints WHERE run_id = :runId AND step > :after')
  const remove = sql.prepare('DELETE FROM checkpoints WHERE run_id = :runId AND step = :step')

  return {
    add: (checkpoint: Omit<Checkpoint, 'createdAt'>): void =>
      void insert.run({ ...checkpoint, now: Date.now() }),

    /** Checkpoints of a run, oldest first. */
    list: (runId: string): Checkpoint[] => ofRun.all({ runId }),

    /** Forgets one whose files are gone. */
    remove: (runId: string, step: number): void => void remove.run({ runId, step }),

    /** Forgets those of steps after `after`: a resumed run makes them anew. */
    removeAfter: (runId: string, after: number): void => void removeAfter.run({ runId, after }),
  }
}
