/**
 * Looks over a choice before it runs: what would be refused, and what would run but makes little sense. Limits come from
 * fields and methods; nothing here knows a single method.
 */
import { trainsAnything } from '../../methods/attach.ts'
import { defaultsOf } from '../../methods/fields.ts'
import type { AnyMethod } from '../../methods/index.ts'
import type { LoadedModel } from '../../models/load.ts'
import { trainingDefaults } from '../defaults.ts'
import { type TrainingSettings, trainingFields } from '../plan-fields.ts'
import { remarksOnLength, remarksOnPlacement } from './of-placement.ts'
import { remarksOnScoring } from './of-scoring.ts'
import { type DataFacts, remarksOnRate, remarksOnTraining } from './of-training.ts'
import { outOfRange, readValues } from './read-values.ts'
import type { Remark, Values } from './remark.ts'

export interface SenseQuestion {
  /** Undefined while none is chosen. */
  readonly loaded: LoadedModel | undefined
  readonly method: AnyMethod
  /** Values as they were typed: what differs from the defaults. */
  readonly methodConfig: Values
  readonly training: Values
  readonly data?: DataFacts | undefined
  readonly cores?: number
}

/** Everything there is to say, refusals first. */
export function lookOver(question: SenseQuestion): Remark[] {
  const { loaded, method } = question
  const config = readValues('method', method.title, method.fields, question.methodConfig)
  const complete = { ...defaultsOf(method.fields), ...config.values }
  const given = readValues('training', 'The training', trainingFields, question.training)
  const remarks = [
    ...config.remarks,
    ...given.remarks,
    ...outOfRange('method', method.fields, complete),
    ...outOfRange('training', trainingFields, given.values),
  ]
  const placed = loaded && config.remarks.length === 0 ? remarksOnPlacement(loaded, method, complete) : []
  const steps = given.values.steps as number | undefined
  const training = { ...trainingDefaults(method, steps), ...given.values } as TrainingSettings
  return refusalsFirst([
    ...remarks,
    ...placed,
    ...(trainsAnything(method)
      ? [...remarksOnRate(method, training.learningRate), ...remarksOnTraining(training, question)]
      : remarksOnScoring(method, complete, training, question.data)),
    ...(loaded && config.remarks.length === 0 ? remarksOnLength(loaded, method, complete, training) : []),
  ])
}

const refusalsFirst = (remarks: readonly Remark[]): Remark[] => [
  ...remarks.filter((r) => r.level === 'refused'),
  ...remarks.filter((r) => r.level === 'unusual'),
]
