/** A complete plan from the few things a person says: the rest is set as it suits the method. */
import { parseFields } from '../methods/fields.ts'
import { findMethod } from '../methods/index.ts'
import type { TrainPlan } from './plan.ts'

/** What must be said. */
export type PlanChoices = Pick<TrainPlan, 'model' | 'modelName' | 'data' | 'method' | 'out' | 'cache'> &
  Partial<TrainPlan>

const STEPS = 100

/**
 * @throws StudioError('bad-argument' | 'bad-config') for an unknown method or option
 */
export function completePlan(choices: PlanChoices): TrainPlan {
  const method = findMethod(choices.method)
  const methodConfig = parseFields(method.title, method.fields, choices.methodConfig ?? {})
  const steps = choices.steps ?? STEPS
  return {
    steps,
    batch: 4,
    length: 256,
    packing: true,
    seed: 1,
    learningRate: method.defaults.learningRate,
    weightDecay: method.defaults.weightDecay,
    schedule: 'linear',
    warmupSteps: Math.round(steps * method.defaults.warmupRatio),
    gradientAccumulation: 1,
    maxGradientNorm: 1,
    evaluateEvery: Math.max(1, Math.ceil(steps / 5)),
    checkpointEvery: Math.max(1, Math.ceil(steps / 4)),
    patience: 0,
    keepBest: true,
    profile: 'fast',
    recompute: null,
    threads: null,
    resume: null,
    ...choices,
    methodConfig,
  }
}
