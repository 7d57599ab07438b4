/** What a run measured: one row per step, and one per evaluation. */
import type { EvaluationMetrics, StepMetrics } from '../../engine/train/events.ts'
import type { Sql } from './sql.ts'

/** SQLite has no NaN: a loss or norm that is not a number is stored as NULL. */
type StepRow = Omit<StepMetrics, 'type' | 'loss' | 'gradientNorm'> & {
  readonly loss: number | null
  readonly gradientNorm: number | null
}
type EvaluationRow = Omit<EvaluationMetrics, 'type' | 'best' | 'validationLoss'> & {
  readonly validationLoss: number | null
  readonly best: number
}

export type Metrics = ReturnType<typeof metricsRepository>

export function metricsRepository(sql: Sql) {
  // A resumed run repeats the steps after its checkpoint: the newer measurement stands.
  const insertStep = sql.prepare(`
    INSERT OR REPLACE INTO metrics (run_id, step, epoch, loss, learning_rate, gradient_norm, useful_tokens, tokens,
                                    examples, seconds, peak_memory_bytes)
    VALUES (:runId, :step, :epoch, :loss, :learningRate, :gradientNorm, :usefulTokens, :tokens,
            :examples, :seconds, :peakMemoryBytes)`)
  const steps = sql.prepare<StepRow>(`
    SELECT step, epoch, loss, learning_rate AS learningRate, gradient_norm AS gradientNorm,
           useful_tokens AS usefulTokens, tokens, examples, seconds, peak_memory_bytes AS peakMemoryBytes
    FROM metrics WHERE run_id = :runId AND step > :after ORDER BY step`)
  const lastStep = sql.prepare<{ step: number }>(
    'SELECT coalesce(max(step), 0) AS step FROM metrics WHERE run_id = :runId',
  )
  const insertEvaluation = sql.prepare(`
    INSERT OR REPLACE INTO evaluations (run_id, step, validation_loss, best, seconds)
    VALUES (:runId, :step, :validationLoss, :best, :seconds)`)
  const evaluations = sql.prepare<EvaluationRow>(`
    SELECT step, validation_loss AS validationLoss, best, seconds
    FROM evaluations WHERE run_id = :runId AND step > :after ORDER BY step`)

  return {
    addStep(runId: string, { type: _, ...metrics }: StepMetrics): void {
      insertStep.run({ runId, ...metrics })
    },

    addEvaluation(runId: string, { type: _, ...metrics }: EvaluationMetrics): void {
      insertEvaluation.run({ runId, ...metrics, best: Number(metrics.best) })
    },

    /** Steps after step `after`, in order. */
    steps: (runId: string, after = 0): StepMetrics[] =>
      steps.all({ runId, after }).map((row) => ({
        ...row,
        type: 'step',
        loss: row.loss ?? Number.NaN,
        gradientNorm: row.gradientNorm ?? Number.NaN,
      })),

    /** Evaluations after step `after`, in order; `-1` includes one before the first step. */
    evaluations: (runId: string, after = -1): EvaluationMetrics[] =>
      evaluations.all({ runId, after }).map((row) => ({
        ...row,
        type: 'evaluation',
        validationLoss: row.validationLoss ?? Number.NaN,
        best: row.best === 1,
      })),

    /** The last step recorded, 0 when there is none. */
    lastStep: (runId: string): number => lastStep.get({ runId })?.step ?? 0,
  }
}
