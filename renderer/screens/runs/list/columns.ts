/** The columns of the run table: what each shows, sorts by and is called. */
import type { Run } from '../../../../electron/contract/run-record.ts'
import { type FigureFormat, figureText } from '../../../charts/figure-text.ts'
import { statusWords } from '../../train/run-words.ts'
import { dataName, shortName } from '../run-names.ts'

export interface RunColumn {
  readonly key: string
  readonly label: string
  readonly width: number
  /** Shown unless the person chose otherwise. */
  readonly usual: boolean
  /** Numbers stand at the right and are written by it; null for texts and cells of their own. */
  readonly format: FigureFormat | null
  readonly value: (run: Run) => string | number | null
}

const setting = (run: Run, key: string) => {
  const value = run.config[key]
  return typeof value === 'number' || typeof value === 'string' ? value : null
}
const number = (run: Run, key: string) => {
  const value = setting(run, key)
  return typeof value === 'number' ? value : null
}

export const nameColumn = 'name'
export const curveColumn = 'curve'

export const runColumns: readonly RunColumn[] = [
  { key: nameColumn, label: 'Name', width: 208, usual: true, format: null, value: (run) => run.name },
  {
    key: 'status',
    label: 'State',
    width: 104,
    usual: true,
    format: null,
    value: (run) => statusWords[run.status].label,
  },
  { key: 'method', label: 'Method', width: 108, usual: true, format: null, value: (run) => run.method },
  {
    key: curveColumn,
    label: 'Training loss',
    width: 116,
    usual: true,
    format: null,
    value: (run) => run.trainLoss,
  },
  {
    key: 'validationLoss',
    label: 'Validation',
    width: 80,
    usual: true,
    format: 'loss',
    value: (run) => run.validationLoss ?? run.best?.validationLoss ?? null,
  },
  {
    key: 'base',
    label: 'Base',
    width: 80,
    usual: false,
    format: 'loss',
    value: (run) => run.baseValidationLoss,
  },
  {
    key: 'trained',
    label: 'Trained',
    width: 72,
    usual: true,
    format: 'count',
    value: (run) => run.trainableParameters,
  },
  {
    key: 'adapter',
    label: 'Adapter',
    width: 84,
    usual: false,
    format: 'bytes',
    value: (run) => run.adapterBytes,
  },
  {
    key: 'speed',
    label: 'Learned tokens/s',
    width: 116,
    usual: false,
    format: 'perSecond',
    value: (run) => run.usefulTokensPerSecond,
  },
  {
    key: 'memory',
    label: 'Memory',
    width: 84,
    usual: false,
    format: 'bytes',
    value: (run) => run.peakMemoryBytes,
  },
  { key: 'time', label: 'Time', width: 80, usual: true, format: 'seconds', value: (run) => run.seconds },
  { key: 'steps', label: 'Steps', width: 64, usual: false, format: 'count', value: (run) => run.lastStep },
  {
    key: 'model',
    label: 'Model',
    width: 120,
    usual: false,
    format: null,
    value: (run) => shortName(run.modelId),
  },
  { key: 'data', label: 'Data', width: 116, usual: true, format: null, value: dataName },
  {
    key: 'rate',
    label: 'Learning rate',
    width: 100,
    usual: false,
    format: 'rate',
    value: (run) => number(run, 'learningRate'),
  },
  {
    key: 'seed',
    label: 'Seed',
    width: 64,
    usual: false,
    format: 'count',
    value: (run) => number(run, 'seed'),
  },
  { key: 'tags', label: 'Tags', width: 96, usual: true, format: null, value: (run) => run.tags.join(', ') },
  { key: 'notes', label: 'Notes', width: 180, usual: false, format: null, value: (run) => run.notes },
  {
    key: 'from',
    label: 'Comes from',
    width: 160,
    usual: false,
    format: null,
    value: (run) => run.lineage?.parentRunId ?? null,
  },
  { key: 'created', label: 'Created', width: 92, usual: true, format: null, value: (run) => run.createdAt },
]

export function cellText(column: RunColumn, run: Run): string {
  const value = column.value(run)
  if (column.format !== null) return figureText(typeof value === 'number' ? value : null, column.format)
  return value === null ? '' : String(value)
}
