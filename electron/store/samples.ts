/** Texts that a run's adapter generated at some step. */
import { z } from 'zod'
import type { Sql } from './sql.ts'

/** Temperature, seed and the like; opaque to the store. */
const settingsSchema = z.record(z.string(), z.json())

export interface Sample {
  /** Grows with time over all runs: a reader re-joins from the last one it saw. */
  readonly id: number
  readonly runId: string
  readonly step: number
  readonly prompt: string
  readonly output: string
  /** Tokens of the output; null where nobody counted. */
  readonly tokens: number | null
  readonly settings: z.infer<typeof settingsSchema>
  readonly createdAt: number
}

export type Samples = ReturnType<typeof samplesRepository>

export function samplesRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO samples (run_id, step, prompt, output, tokens, settings, created_at)
    VALUES (:runId, :step, :prompt, :output, :tokens, :settings, :now)
    ON CONFLICT (run_id, step, prompt, settings) DO UPDATE SET output = :output, tokens = :tokens`)
  const ofRun = sql.prepare<Omit<Sample, 'settings'> & { readonly settings: string }>(`
    SELECT id, run_id AS runId, step, prompt, output, tokens, settings, created_at AS createdAt
    FROM samples WHERE run_id = :runId AND id > :after ORDER BY step, id`)
  const removeAfter = sql.prepare('DELETE FROM samples WHERE run_id = :runId AND step > :after')

  return {
    /** Adds a sample; the same prompt at the same step with the same settings is replaced. */
    add: (sample: Omit<Sample, 'id' | 'createdAt'>): void =>
      void insert.run({ ...sample, settings: JSON.stringify(sample.settings), now: Date.now() }),

    /** Samples of a run after the sample `after`, by step. */
    list: (runId: string, after = 0): Sample[] =>
      ofRun
        .all({ runId, after })
        .map((row) => ({ ...row, settings: settingsSchema.parse(JSON.parse(row.settings)) })),

    /** Forgets samples of steps after `after`: a resumed run makes them anew. */
    removeAfter: (runId: string, after: number): void => void removeAfter.run({ runId, after }),
  }
}
