/** What of a complete configuration a person would have to say: the values that differ from the defaults. */
import { isDeepStrictEqual } from 'node:util'
import { defaultsOf } from '../../../engine/methods/fields.ts'
import type { AnyMethod } from '../../../engine/methods/index.ts'
import { trainingDefaults } from '../../../engine/train/defaults.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { type TrainingSettings, trainingFields } from '../../../engine/train/plan-fields.ts'

type Values = Readonly<Record<string, unknown>>

export interface Differences {
  readonly methodConfig: Values
  readonly training: Partial<TrainingSettings>
}

export function differencesOf(method: AnyMethod, plan: TrainPlan): Differences {
  const { learn, chat } = plan.data
  const settings = { ...plan, learn, chat }
  const defaults = trainingDefaults(method, plan.steps)
  // Other defaults follow from the number of steps, which has a default of its own.
  const usual = { ...defaults, steps: trainingDefaults(method).steps }
  const training = Object.keys(trainingFields) as (keyof TrainingSettings)[]
  return {
    methodConfig: differing(plan.methodConfig, defaultsOf(method.fields)),
    training: Object.fromEntries(
      training.flatMap((key) => (isDeepStrictEqual(settings[key], usual[key]) ? [] : [[key, settings[key]]])),
    ),
  }
}

function differing(values: Values, defaults: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !isDeepStrictEqual(value, defaults[key])),
  )
}
