/** What the training settings say together, with the method's rate and with the data. */
import type { AnyMethod } from '../../methods/index.ts'
import type { TrainingSettings } from '../plan-fields.ts'
import { beyondOf, type Remark, shown, unusual } from './remark.ts'

/** What is known about the data, where some is chosen. */
export interface DataFacts {
  readonly examples: number
  readonly validationExamples: number | null
  readonly batchesPerEpoch: number
  readonly tokensPerEpoch: number
  readonly truncated: number
  /** Tokens of the longest training example, virtual ones counted. */
  readonly longest: number
}

/** Without a range of its own, a method's default is taken to be right within this factor. */
const RATE_FACTOR = 10

export function remarksOnRate(method: AnyMethod, rate: number): Remark[] {
  const { learningRate: usual, sensibleRate } = method.defaults
  const range = sensibleRate ?? {
    low: usual / RATE_FACTOR,
    high: usual * RATE_FACTOR,
    because: 'the default of the method lies far from it',
  }
  const beyond = beyondOf(rate, range)
  if (beyond === undefined) return []
  const below = beyond.side === 'low'
  const times = shown(Number((below ? usual / rate : rate / usual).toPrecision(2)))
  return [
    unusual(
      'training',
      'learningRate',
      `This learning rate is ${times}× ${below ? 'below' : 'above'} what ${method.title} needs: ${range.because}.`,
      `${method.title} starts well at ${shown(usual)}.`,
      usual,
    ),
  ]
}

/** @param cores of this machine */
export function remarksOnTraining(
  training: TrainingSettings,
  { data, cores }: { readonly data?: DataFacts | undefined; readonly cores?: number | undefined },
): Remark[] {
  const { steps, warmupSteps, evaluateEvery, patience, threads, gradientAccumulation, length } = training
  const remarks: Remark[] = []
  const add = (field: keyof TrainingSettings, message: string, hint: string, suggestion?: unknown) =>
    remarks.push(unusual('training', field, message, hint, suggestion))
  if (warmupSteps >= steps)
    add(
      'warmupSteps',
      `The warm-up of ${warmupSteps} steps is as long as the run of ${steps}: the learning rate never gets to its top.`,
      'A twentieth of the steps is usual.',
      Math.round(steps / 20),
    )
  const validated = data === undefined || data.validationExamples !== null
  const evaluations = evaluateEvery === 0 ? 0 : Math.floor((steps - 1) / evaluateEvery)
  if (!validated && patience > 0)
    add(
      'patience',
      'The data has no validation rows, so patience has nothing to go by.',
      'Split the data, or set it to 0.',
      0,
    )
  else if (patience > 0 && evaluations <= patience)
    add(
      'patience',
      `Only ${evaluations === 0 ? 'one evaluation, the last,' : `${evaluations} evaluations before the last one`} will be made: the run can never stop early.`,
      `Evaluate more often, or set patience below ${Math.max(1, evaluations)}.`,
    )
  if (validated && evaluateEvery > steps)
    add(
      'evaluateEvery',
      `The run has ${steps} steps: it is evaluated only at its end.`,
      'Evaluate about five times in a run to see where it begins to overfit.',
      Math.max(1, Math.ceil(steps / 5)),
    )
  if (threads !== null && cores !== undefined && threads > cores)
    add(
      'threads',
      `This machine has ${cores} cores: more threads than that hinder each other.`,
      `Use at most ${cores}.`,
      cores,
    )
  if (data !== undefined) {
    const epochs = (steps * gradientAccumulation) / data.batchesPerEpoch
    if (epochs > MANY_EPOCHS)
      add(
        'steps',
        `${steps} steps go ${shown(Number(epochs.toPrecision(2)))} times over ${data.examples} examples: the model will learn them by heart.`,
        `${Math.max(1, Math.round((3 * data.batchesPerEpoch) / gradientAccumulation))} steps are three passes; watch the validation loss if you train longer.`,
      )
    if (data.truncated > 0)
      add(
        'length',
        `${data.truncated} of ${data.examples} training examples are longer than ${length} tokens and will be cut.`,
        `The longest has ${data.longest}.`,
      )
  }
  return remarks
}

const MANY_EPOCHS = 30
