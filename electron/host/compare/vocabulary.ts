/** Every metric and axis of a curve: its name, how it is written, which way is better, and how it is made from stored columns. */
import type { Vocabulary } from '../../contract/compare.ts'
import type { CurveAxis, CurveMetric } from '../../contract/compare-curves.ts'
import type { StepColumn } from '../../store/metric-columns.ts'

type Words<T extends 'metrics' | 'axes'> = Omit<Vocabulary[T][number], 'key'>
type Columns = Readonly<Record<StepColumn, Float64Array>>

interface Made {
  /** Stored columns it is made from. */
  readonly from: readonly StepColumn[]
  readonly make: (columns: Columns) => Float64Array
}

/** A metric of every step, or one that belongs to evaluations. */
type MetricEntry = Words<'metrics'> & {
  /** Scatters from step to step. What does not (a schedule, a maximum, a mean over all validation rows) is never smoothed. */
  readonly noisy: boolean
} & (Made | { readonly of: 'evaluations' })

const stored = (column: StepColumn): Made => ({ from: [column], make: (columns) => columns[column] })
const total = (column: StepColumn): Made => ({ from: [column], make: (columns) => sums(columns[column]) })

export const curveMetricEntries: Readonly<Record<CurveMetric, MetricEntry>> = {
  loss: {
    label: 'Training loss',
    help: 'Mean over the learned tokens of a step, in nats.',
    format: 'loss',
    better: 'lower',
    noisy: true,
    ...stored('loss'),
  },
  validationLoss: {
    label: 'Validation loss',
    help: 'Mean over the learned tokens of the validation rows, in nats.',
    format: 'loss',
    better: 'lower',
    noisy: false,
    of: 'evaluations',
  },
  learningRate: {
    label: 'Learning rate',
    help: 'Size of an update at each step.',
    format: 'rate',
    better: null,
    noisy: false,
    ...stored('learningRate'),
  },
  gradientNorm: {
    label: 'Gradient norm',
    help: 'L2 norm over all trained tensors, before clipping.',
    format: 'loss',
    better: null,
    noisy: true,
    ...stored('gradientNorm'),
  },
  usefulTokensPerSecond: {
    label: 'Learned tokens/s',
    help: 'Learned tokens of a step divided by its duration.',
    format: 'perSecond',
    better: 'higher',
    noisy: true,
    from: ['usefulTokens', 'seconds'],
    make: ({ usefulTokens, seconds }) => usefulTokens.map((tokens, i) => tokens / seconds[i]!),
  },
  secondsPerStep: {
    label: 'Seconds per step',
    help: 'Duration of a step without pauses and evaluations.',
    format: 'seconds',
    better: 'lower',
    noisy: true,
    ...stored('seconds'),
  },
  peakMemoryBytes: {
    label: 'Peak memory',
    help: 'Highest resident memory of the trainer so far.',
    format: 'bytes',
    better: 'lower',
    noisy: false,
    ...stored('peakMemoryBytes'),
  },
}

export const curveAxisEntries: Readonly<Record<CurveAxis, Words<'axes'> & Made>> = {
  step: { label: 'Step', help: 'Updates of the trained parameters.', format: 'count', ...stored('step') },
  epoch: { label: 'Epoch', help: 'Passes over the training rows.', format: 'rate', ...stored('epoch') },
  tokens: {
    label: 'Tokens',
    help: 'All tokens read so far, padding not counted.',
    format: 'count',
    ...total('tokens'),
  },
  examples: { label: 'Examples', help: 'Examples read so far.', format: 'count', ...total('examples') },
  processSeconds: {
    label: 'Process time',
    help: 'Time spent in training steps: pauses, evaluations and interruptions are left out.',
    format: 'seconds',
    ...total('seconds'),
  },
  wallSeconds: {
    label: 'Wall clock',
    help: 'Time on the clock since the first step began, pauses and interruptions included.',
    format: 'seconds',
    from: ['at', 'seconds'],
    make: ({ at, seconds }) => {
      const start = (at[0] ?? 0) - 1_000 * (seconds[0] ?? 0)
      return at.map((now) => (now - start) / 1_000)
    },
  },
}

/** The words of the vocabulary, as a window shows them. */
export function vocabulary(): Vocabulary {
  const words = ({ label, help, format }: Words<'axes'>) => ({ label, help, format })
  return {
    metrics: entriesOf(curveMetricEntries).map(([key, entry]) => ({
      key,
      ...words(entry),
      better: entry.better,
    })),
    axes: entriesOf(curveAxisEntries).map(([key, entry]) => ({ key, ...words(entry) })),
  }
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][]
}

function sums(values: Float64Array): Float64Array {
  let sum = 0
  return values.map((value) => (sum += value))
}
