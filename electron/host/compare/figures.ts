/** The figures by which runs are compared; each says once how it is written and which way is better. */
import type { Figure } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import type { Metrics } from '../../store/metrics.ts'

/** What a run consumed in all; null before its first step. */
export type Consumed = Readonly<
  Record<'tokens' | 'usefulTokens' | 'examples' | 'trainingSeconds' | 'epochs', number | null>
>

const nothing: Consumed = {
  tokens: null,
  usefulTokens: null,
  examples: null,
  trainingSeconds: null,
  epochs: null,
}

/** Sums over all steps of a run. */
export function consumedBy(metrics: Pick<Metrics, 'total' | 'columns'>, { id, lastStep }: Run): Consumed {
  if (lastStep === 0) return nothing
  const [epochs = 0] = metrics.columns(id, ['epoch'], lastStep - 1).epoch
  return {
    tokens: metrics.total(id, 'tokens'),
    usefulTokens: metrics.total(id, 'usefulTokens'),
    examples: metrics.total(id, 'examples'),
    trainingSeconds: metrics.total(id, 'seconds'),
    epochs,
  }
}

interface FigureEntry extends Omit<Figure, 'key' | 'values'> {
  readonly of: (run: Run, consumed: Consumed) => number | null
}

/** In the order of the table. */
const entries: Readonly<Record<string, FigureEntry>> = {
  validationLoss: {
    label: 'Validation loss',
    help: 'Of the adapter that was kept, in nats per learned token.',
    format: 'loss',
    better: 'lower',
    of: (run) => run.validationLoss,
  },
  bestValidationLoss: {
    label: 'Best validation loss',
    help: 'Lowest of all evaluations.',
    format: 'loss',
    better: 'lower',
    of: (run) => run.best?.validationLoss ?? null,
  },
  improvement: {
    label: 'Gain over the base',
    help: 'Validation loss of the base model minus the best one reached.',
    format: 'loss',
    better: 'higher',
    of: (run) => {
      const reached = run.best?.validationLoss ?? run.validationLoss
      return run.baseValidationLoss === null || reached === null ? null : run.baseValidationLoss - reached
    },
  },
  trainLoss: {
    label: 'Training loss',
    help: 'Of the last step.',
    format: 'loss',
    better: 'lower',
    of: (run) => run.trainLoss,
  },
  baseValidationLoss: {
    label: 'Base model’s loss',
    help: 'Validation loss without the adapter.',
    format: 'loss',
    better: null,
    of: (run) => run.baseValidationLoss,
  },
  trainableParameters: {
    label: 'Trained parameters',
    help: 'Numbers that the method trains.',
    format: 'count',
    better: 'lower',
    of: (run) => run.trainableParameters,
  },
  trainedShare: {
    label: 'Trained share',
    help: 'Trained parameters of all parameters.',
    format: 'share',
    better: 'lower',
    of: ({ trainableParameters: some, totalParameters: all }) =>
      some === null || all === null ? null : some / all,
  },
  adapterBytes: {
    label: 'Adapter file',
    help: 'Size of the saved adapter.',
    format: 'bytes',
    better: 'lower',
    of: (run) => run.adapterBytes,
  },
  usefulTokensPerSecond: {
    label: 'Learned tokens/s',
    help: 'Learned tokens per second of training.',
    format: 'perSecond',
    better: 'higher',
    of: (run, { usefulTokens, trainingSeconds }) =>
      run.usefulTokensPerSecond ?? (usefulTokens && trainingSeconds ? usefulTokens / trainingSeconds : null),
  },
  peakMemoryBytes: {
    label: 'Peak memory',
    help: 'Highest resident memory of the trainer.',
    format: 'bytes',
    better: 'lower',
    of: (run) => run.peakMemoryBytes,
  },
  seconds: {
    label: 'Time',
    help: 'From the start of the trainer to its end, with loading, evaluation and saving.',
    format: 'seconds',
    better: 'lower',
    of: (run) => run.seconds,
  },
  trainingSeconds: {
    label: 'Time in steps',
    help: 'Training steps alone, without pauses and evaluations.',
    format: 'seconds',
    better: 'lower',
    of: (_, { trainingSeconds }) => trainingSeconds,
  },
  steps: {
    label: 'Steps',
    help: 'Updates that were made.',
    format: 'count',
    better: null,
    of: ({ lastStep }) => lastStep,
  },
  epochs: {
    label: 'Epochs',
    help: 'Passes over the training rows.',
    format: 'rate',
    better: null,
    of: (_, { epochs }) => epochs,
  },
  tokens: {
    label: 'Tokens seen',
    help: 'All tokens that were read, padding not counted.',
    format: 'count',
    better: null,
    of: (_, { tokens }) => tokens,
  },
  usefulTokens: {
    label: 'Learned tokens',
    help: 'Learned tokens that were read.',
    format: 'count',
    better: null,
    of: (_, { usefulTokens }) => usefulTokens,
  },
  examples: {
    label: 'Examples seen',
    help: 'Examples that were read.',
    format: 'count',
    better: null,
    of: (_, { examples }) => examples,
  },
}

/** All figures of some runs, by run in their order; one that no run has is left out. */
export function figuresOf(runs: readonly Run[], consumed: readonly Consumed[]): Figure[] {
  return Object.entries(entries).flatMap(([key, { of, ...words }]) => {
    const values = runs.map((run, i) => of(run, consumed[i]!))
    return values.every((value) => value === null) ? [] : [{ key, ...words, values }]
  })
}
