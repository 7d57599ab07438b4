/** A finished run with a real plan, for tests of what is shown and compared. */
import { completePlan } from '../../../engine/train/defaults.ts'
import type { StepMetrics } from '../../../engine/train/events.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import type { Store } from '../open-store.ts'
import { type NewRun, planDocumentSchema } from '../run-record.ts'
import { queuedRun, stepMetrics } from './records.ts'

export interface FinishedRun {
  readonly method?: string
  readonly plan?: Partial<TrainPlan>
  readonly data?: Partial<TrainPlan['data']>
  readonly steps?: number
  readonly validationLoss?: number
  /** What a step measured, where it is not the usual. */
  readonly measured?: (step: number) => Partial<StepMetrics>
  readonly evaluateEvery?: number
  readonly run?: Partial<NewRun>
}

/** @returns the run's id */
export function finishedRun(store: Store, wanted: FinishedRun = {}): string {
  const {
    method = 'lora',
    plan,
    data,
    run,
    steps = 4,
    validationLoss = 2,
    measured,
    evaluateEvery = steps,
  } = wanted
  const places = { train: '/d/t.jsonl', validation: '/d/v.jsonl', validationFraction: 0 }
  const config = completePlan({
    model: '/models/tiny',
    modelName: 'tiny',
    data: { ...places, learn: null, chat: null, ...data },
    method,
    out: '/out',
    cache: '/cache',
    ...plan,
  })
  const { id } = queuedRun(store, { name: method, method, config: planDocumentSchema.parse(config), ...run })
  store.runs.start(id)
  const facts = { device: 'cpu', plannedSteps: steps, totalParameters: 1_000, trainableParameters: 100 }
  store.runs.setFacts(id, { ...facts, baseValidationLoss: 5 })
  store.transaction(() => {
    for (let step = 1; step <= steps; step++) {
      store.metrics.addStep(id, stepMetrics(step, measured?.(step)))
      if (step % evaluateEvery !== 0) continue
      const loss = validationLoss + (steps - step) / steps
      store.metrics.addEvaluation(id, {
        type: 'evaluation',
        step,
        validationLoss: loss,
        best: true,
        seconds: 1,
      })
    }
  })
  store.runs.setResult(id, {
    trainLoss: 1,
    validationLoss,
    usefulTokensPerSecond: 256,
    peakMemoryBytes: 1e9,
    seconds: 3,
    adapterPath: '/out/adapter',
    adapterBytes: 400,
    keptStep: steps,
  })
  store.runs.end(id, { reason: 'completed', message: 'All steps done.' })
  return id
}
