/** Whether the queue waits for the person; which runs wait stands with the runs. */
import type { QueueState } from '../contract/runs.ts'
import type { Sql } from './sql.ts'

export type Hold = NonNullable<QueueState['held']>

export type Queue = ReturnType<typeof queueRepository>

export function queueRepository(sql: Sql) {
  const one = sql.prepare<Omit<Hold, 'reason'> & { readonly reason: Hold['reason'] | null }>(
    'SELECT reason, message, run_id AS runId FROM queue',
  )
  const set = sql.prepare('UPDATE queue SET reason = :reason, message = :message, run_id = :runId')

  return {
    /** Null: it goes on by itself. */
    held(): Hold | null {
      const row = one.get()
      return row === undefined || row.reason === null ? null : { ...row, reason: row.reason }
    },

    hold: (hold: Hold): void => void set.run({ ...hold }),

    release: (): void => void set.run({ reason: null, message: '', runId: null }),
  }
}
