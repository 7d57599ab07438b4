/** Each time a trainer worked on a run: the first one from the beginning, later ones from a checkpoint. */
import type { Sql } from './sql.ts'

export interface Attempt {
  /** From 1. */
  readonly number: number
  /** Step of the checkpoint it went on from; 0 = from the beginning. */
  readonly resumedFrom: number
  readonly startedAt: number
}

export type Attempts = ReturnType<typeof attemptsRepository>

export function attemptsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO attempts (run_id, number, resumed_from, started_at)
    SELECT :runId, coalesce(max(number), 0) + 1, :resumedFrom, :now FROM attempts WHERE run_id = :runId`)
  const ofRun = sql.prepare<Attempt>(`
    SELECT number, resumed_from AS resumedFrom, started_at AS startedAt
    FROM attempts WHERE run_id = :runId ORDER BY number`)

  return {
    add: (runId: string, resumedFrom: number): void =>
      void insert.run({ runId, resumedFrom, now: Date.now() }),

    /** Oldest first. */
    list: (runId: string): Attempt[] => ofRun.all({ runId }),
  }
}
