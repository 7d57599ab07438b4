/** Runs for other programs: JSON documents and CSV of exactly what is stored. */
import type { StepMetrics } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import type { Run } from '../store/run-record.ts'

export const stepCsvColumns = [
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

const linesPerPiece = 1_000

/** Everything the store knows about a run. JSON has no NaN: such a loss is `null`. */
export function runDocument(store: Store, run: Run) {
  return {
    run,
    steps: store.metrics.steps(run.id),
    evaluations: store.metrics.evaluations(run.id),
    samples: store.samples.list(run.id),
    checkpoints: store.checkpoints.list(run.id),
    events: store.events.list(run.id),
  }
}

/** The steps of a run as CSV with a heading; a loss that is not a number is `NaN`. */
export function runSteps(store: Store, run: Run): string {
  return [`${stepCsvColumns.join(',')}\n`, ...stepLines(store, run.id)].join('')
}

/**
 * Lines of CSV, one per step, some thousand at a time.
 * @param before begins every line
 */
export function* stepLines(store: Store, runId: string, before = ''): Generator<string> {
  const columns = store.metrics.columns(runId, stepCsvColumns)
  const count = columns.step.length
  for (let first = 0; first < count; first += linesPerPiece) {
    const lines: string[] = []
    // Only numbers: nothing needs quoting.
    for (let i = first; i < Math.min(count, first + linesPerPiece); i++)
      lines.push(before + stepCsvColumns.map((column) => columns[column][i]!).join(','))
    yield `${lines.join('\n')}\n`
  }
}
