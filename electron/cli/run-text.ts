/** Runs as people read them in a terminal. */
import type { Store } from '../store/open-store.ts'
import type { Run } from '../store/run-record.ts'
import { formatBytes, formatCount, formatDuration, formatLoss, formatShare, formatTime } from './format.ts'
import { fields, table } from './table.ts'

const unknown = '–'

/** One line per run. */
export function runTable(runs: readonly Run[]): string {
  if (runs.length === 0) return 'There are no runs yet.'
  return table(runs, [
    { title: 'ID', value: (run) => run.id },
    { title: 'NAME', value: (run) => run.name },
    { title: 'METHOD', value: (run) => run.method },
    { title: 'STATUS', value: (run) => run.status },
    { title: 'TRAIN', value: (run) => show(run.trainLoss, formatLoss), align: 'right' },
    { title: 'VALIDATION', value: (run) => show(run.validationLoss, formatLoss), align: 'right' },
    { title: 'TRAINABLE', value: (run) => show(run.trainableParameters, formatCount), align: 'right' },
    { title: 'TIME', value: (run) => show(run.seconds, formatDuration), align: 'right' },
    { title: 'CREATED', value: (run) => formatTime(run.createdAt) },
  ])
}

/** All about one run but its single steps. */
export function runDetails(store: Store, run: Run): string {
  const { lineage, error, environment } = run
  const step = store.metrics.lastStep(run.id)
  const facts = fields([
    ['run', `${run.id}  ${run.name}`],
    ['status', run.status],
    ...(error === null ? [] : ([['error', `${error.message} ${error.hint}`]] as const)),
    ['method', run.method],
    ['model', run.modelId],
    ['dataset', run.datasetVersionId],
    ...(lineage === null ? [] : ([['from', `${lineage.kind} of ${lineage.parentRunId}`]] as const)),
    ['created', formatTime(run.createdAt)],
    ['steps', run.plannedSteps === null ? String(step) : `${step} of ${run.plannedSteps}`],
    ['training loss', show(run.trainLoss, formatLoss)],
    ['validation loss', validation(run)],
    ['trainable', trainable(run)],
    ['useful tokens/s', show(run.usefulTokensPerSecond, formatCount)],
    ['peak memory', show(run.peakMemoryBytes, formatBytes)],
    ['time', show(run.seconds, formatDuration)],
    [
      'adapter',
      run.adapterPath === null ? unknown : `${run.adapterPath}  ${show(run.adapterBytes, formatBytes)}`,
    ],
    ['device', run.device ?? unknown],
    ['machine', `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}`],
  ])
  const events = store.events.list(run.id)
  if (events.length === 0) return facts
  const diary = table(events, [
    { title: 'WHEN', value: (event) => formatTime(event.createdAt) },
    { title: 'STEP', value: (event) => String(event.step), align: 'right' },
    { title: 'EVENT', value: (event) => (event.level === 'info' ? '' : `${event.level}: `) + event.message },
  ])
  return `${facts}\n\n${diary}`
}

function validation({ validationLoss, baseValidationLoss }: Run): string {
  const base = baseValidationLoss === null ? '' : `  (base model ${formatLoss(baseValidationLoss)})`
  return show(validationLoss, formatLoss) + base
}

function trainable({ trainableParameters: some, totalParameters: all }: Run): string {
  if (some === null || all === null) return unknown
  return `${formatCount(some)} of ${formatCount(all)} parameters (${formatShare(some / all)})`
}

function show(value: number | null, format: (value: number) => string): string {
  return value === null ? unknown : format(value)
}
