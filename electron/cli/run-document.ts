/** A run for other programs: one JSON document, or its steps as CSV. */
import type { StepMetrics } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import type { Run } from '../store/run-record.ts'

const csvColumns: readonly (keyof StepMetrics)[] = [
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
]

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
  // Only numbers: nothing needs quoting.
  const rows = store.metrics.steps(run.id).map((step) => csvColumns.map((column) => step[column]))
  return [csvColumns, ...rows].map((row) => `${row.join(',')}\n`).join('')
}
