/** How near a run is to stopping early. */
import type { Run } from '../../../../electron/contract/run-record.ts'
import type { LiveEvaluation } from './run-live.svelte.ts'

export interface Patience {
  /** Evaluations in a row without a better validation loss. */
  readonly used: number
  readonly text: string
}

/** Undefined for a run that does not stop early. */
export function patienceOf(run: Run, evaluations: readonly LiveEvaluation[]): Patience | undefined {
  const { patience } = run.config
  if (typeof patience !== 'number' || patience === 0) return undefined
  const best = evaluations.findLastIndex((evaluation) => evaluation.best)
  const used = best === -1 ? 0 : evaluations.length - 1 - best
  const text =
    run.ending?.reason === 'early-stopping'
      ? `Stopped early after ${used} evaluations without a better validation loss.`
      : `Early stopping: ${used} of ${patience} evaluations without a better validation loss.`
  return { used, text }
}
