/** What a run measured: each step, and each evaluation. */
import type { EvaluationMetrics, StepMetrics } from '../../engine/train/events.ts'
import { metricColumns, type StepColumn } from './metric-columns.ts'
import type { Sql } from './sql.ts'

type EvaluationRow = Omit<EvaluationMetrics, 'type' | 'best' | 'validationLoss'> & {
  /** NULL where it is not a number. */
  readonly validationLoss: number | null
  readonly best: number
}

const measured = [
  'step',
  'epoch',
  'loss',
  'learningRate',
  'gradientNorm',
  'usefulTokens',
  'tokens',
  'examples',
  'seconds',
  'peakMemoryBytes',
] as const satisfies readonly (keyof StepMetrics)[]

export type Metrics = ReturnType<typeof metricsRepository>

export function metricsRepository(sql: Sql) {
  const columns = metricColumns(sql)
  const insertEvaluation = sql.prepare(`
    INSERT OR REPLACE INTO evaluations (run_id, step, validation_loss, best, seconds)
    VALUES (:runId, :step, :validationLoss, :best, :seconds)`)
  const evaluations = sql.prepare<EvaluationRow>(`
    SELECT step, validation_loss AS validationLoss, best, seconds
    FROM evaluations WHERE run_id = :runId AND step > :after ORDER BY step`)
  const removeEvaluations = sql.prepare('DELETE FROM evaluations WHERE run_id = :runId AND step > :after')

  function removeAfter(runId: string, after: number): void {
    sql.transaction(() => {
      columns.removeAfter(runId, after)
      removeEvaluations.run({ runId, after })
    })
  }

  return {
    /**
     * Adds a step; one that is there already is measured anew, and what followed it is forgotten: a run has one history.
     * @param at when it was measured, in milliseconds since 1970 (UTC)
     */
    addStep(runId: string, { type: _, ...metrics }: StepMetrics, at = Date.now()): void {
      const row = { ...metrics, at }
      if (columns.append(runId, row)) return
      sql.transaction(() => {
        removeAfter(runId, row.step - 1)
        columns.append(runId, row)
      })
    },

    addEvaluation(runId: string, { type: _, ...metrics }: EvaluationMetrics): void {
      insertEvaluation.run({ runId, ...metrics, best: Number(metrics.best) })
    },

    /** Steps after step `after`, in order. */
    steps(runId: string, after = 0): StepMetrics[] {
      const all = columns.columns(runId, measured, after)
      return Array.from(all.step, (step, i) => ({
        type: 'step',
        step,
        epoch: all.epoch[i]!,
        loss: all.loss[i]!,
        learningRate: all.learningRate[i]!,
        gradientNorm: all.gradientNorm[i]!,
        usefulTokens: all.usefulTokens[i]!,
        tokens: all.tokens[i]!,
        examples: all.examples[i]!,
        seconds: all.seconds[i]!,
        peakMemoryBytes: all.peakMemoryBytes[i]!,
      }))
    },

    /** The same as columns of equal length, which is what a chart is made from. */
    columns: <K extends StepColumn>(
      runId: string,
      wanted: readonly K[],
      after = 0,
    ): Record<K, Float64Array> => columns.columns(runId, wanted, after),

    /** Sum of a column over all steps of a run, of the values that are numbers. */
    total: columns.total,

    /** Evaluations after step `after`, in order; `-1` includes one before the first step. */
    evaluations: (runId: string, after = -1): EvaluationMetrics[] =>
      evaluations.all({ runId, after }).map((row) => ({
        ...row,
        type: 'evaluation',
        validationLoss: row.validationLoss ?? Number.NaN,
        best: row.best === 1,
      })),

    /** Forgets what was measured after step `after`: a resumed run measures it anew. */
    removeAfter,

    /** The last step recorded, 0 when there is none. */
    lastStep: columns.lastStep,

    /** Grows when steps of a run were taken back, which columns read before do not know. */
    rewinds: columns.rewinds,
  }
}
