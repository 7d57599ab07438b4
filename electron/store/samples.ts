/** Texts that a run's adapter generated at some step. */
import { z } from 'zod'
import type { Sql } from './sql.ts'

/** Temperature, seed and the like; opaque to the store. */
const settingsSchema = z.record(z.string(), z.json())

export interface Sample {
  readonly id: number
  readonly runId: string
  readonly step: number
  readonly prompt: string
  readonly output: string
  readonly settings: z.infer<typeof settingsSchema>
  readonly createdAt: number
}

export type Samples = ReturnType<typeof samplesRepository>

export function samplesRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO samples (run_id, step, prompt, output, settings, created_at)
    VALUES (:runId, :step, :prompt, :output, :settings, :now)`)
  const ofRun = sql.prepare<Omit<Sample, 'settings'> & { readonly settings: string }>(`
    SELECT id, run_id AS runId, step, prompt, output, settings, created_at AS createdAt
    FROM samples WHERE run_id = :runId ORDER BY step, id`)

  return {
    add: (sample: Omit<Sample, 'id' | 'createdAt'>): void =>
      void insert.run({ ...sample, settings: JSON.stringify(sample.settings), now: Date.now() }),

    /** Samples of a run by step. */
    list: (runId: string): Sample[] =>
      ofRun
        .all({ runId })
        .map((row) => ({ ...row, settings: settingsSchema.parse(JSON.parse(row.settings)) })),
  }
}
