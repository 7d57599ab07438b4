/** The diary of a run: what it told and what happened to it. */
import type { Sql } from './sql.ts'

export interface RunEvent {
  /** Grows with time over all runs: a reader re-joins from the last one it saw. */
  readonly id: number
  readonly runId: string
  readonly step: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  /** What to do about it, where something can be done. */
  readonly hint: string | null
  /** Which finding of the watchdog it is; null for everything else. */
  readonly finding: string | null
  readonly createdAt: number
}

export type NewRunEvent = Pick<RunEvent, 'runId' | 'step' | 'level' | 'message'> &
  Partial<Pick<RunEvent, 'hint' | 'finding'>>

export type Events = ReturnType<typeof eventsRepository>

export function eventsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO events (run_id, step, level, message, hint, finding, created_at)
    VALUES (:runId, :step, :level, :message, :hint, :finding, :now)`)
  const ofRun = sql.prepare<RunEvent>(`
    SELECT id, run_id AS runId, step, level, message, hint, finding, created_at AS createdAt
    FROM events WHERE run_id = :runId AND id > :after ORDER BY id`)

  return {
    add: ({ hint = null, finding = null, ...event }: NewRunEvent): void =>
      void insert.run({ ...event, hint, finding, now: Date.now() }),

    /** Events of a run after the event `after`, oldest first. */
    list: (runId: string, after = 0): RunEvent[] => ofRun.all({ runId, after }),
  }
}
