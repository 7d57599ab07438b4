/** A complete plan from the few things a person says: the rest is set as it suits the method. */
import { defaultsOf, parseFields } from '../methods/fields.ts'
import { type AnyMethod, findMethod } from '../methods/index.ts'
import type { TrainPlan } from './plan.ts'
import { planFields, type TrainingSettings, trainingFields } from './plan-fields.ts'

/** What must be said. */
export type PlanChoices = Pick<TrainPlan, 'model' | 'modelName' | 'data' | 'method' | 'out' | 'cache'> &
  Partial<TrainPlan>

/** The settings that suit a method and a number of steps, where nothing else is said. */
export function trainingDefaults(
  method: Pick<AnyMethod, 'defaults'>,
  steps: number = planFields.steps.default,
): TrainingSettings {
  const { learningRate, weightDecay, warmupRatio } = method.defaults
  return {
    ...defaultsOf(trainingFields),
    steps,
    learningRate,
    weightDecay,
    warmupSteps: Math.round(steps * warmupRatio),
    evaluateEvery: Math.max(1, Math.ceil(steps / 5)),
    checkpointEvery: Math.max(1, Math.ceil(steps / 4)),
  }
}

/**
 * @throws StudioError('bad-argument' | 'bad-config') for an unknown method or option
 */
export function completePlan(choices: PlanChoices): TrainPlan {
  const method = findMethod(choices.method)
  const methodConfig = parseFields(method.title, method.fields, choices.methodConfig ?? {})
  const { learn: _, chat: __, ...defaults } = trainingDefaults(method, choices.steps)
  return {
    ...defaults,
    resume: null,
    startFrom: null,
    samples: { prompts: [], every: 0, maxTokens: 64 },
    ...choices,
    methodConfig,
  }
}
