/** The watchdog of a running run: fed from what the store has of it, then from what the trainer tells. */
import { methods } from '../../../engine/methods/index.ts'
import type { Notice, TrainEvent } from '../../../engine/train/events.ts'
import { planSchema } from '../../../engine/train/plan.ts'
import { type Finding, Watchdog } from '../../../engine/train/watchdog.ts'
import type { Store } from '../../store/open-store.ts'
import type { Ending } from '../../store/run-record.ts'

export interface RunWatch {
  /** What an event shows to be wrong, as notices of the run. */
  findings(event: TrainEvent): Notice[]
  /** Set once the run should be ended. */
  readonly ending: Ending | undefined
}

const watchedSchema = planSchema
  .pick({
    watchdog: true,
    method: true,
    steps: true,
    warmupSteps: true,
    evaluateEvery: true,
    keepBest: true,
    learningRate: true,
    maxGradientNorm: true,
  })
  .strip()

/** A plan that is not the engine's, or that turns it off, is not watched. */
export function watchRun(store: Store, runId: string, plan: unknown): RunWatch {
  const parsed = watchedSchema.safeParse(plan)
  if (!parsed.success || parsed.data.watchdog === 'off') return { findings: () => [], ending: undefined }
  const { watchdog: mode, method, ...settings } = parsed.data
  const usualLearningRate = methods.get(method)?.defaults.learningRate ?? settings.learningRate
  let watchdog: Watchdog | undefined
  let ending: Ending | undefined

  function observe(event: TrainEvent): Finding[] {
    if (event.type === 'started') {
      const { baseValidationLoss, resumedFrom } = event
      watchdog = new Watchdog({ ...settings, usualLearningRate, baseValidationLoss })
      const first = watchdog.begin()
      if (resumedFrom === 0) return first
      // What was found before the interruption is in the diary already.
      replay(watchdog, store, runId)
      return []
    }
    if (event.type === 'step') return watchdog?.step(event) ?? []
    if (event.type === 'evaluation') return watchdog?.evaluation(event) ?? []
    return []
  }

  return {
    findings(event) {
      const found = observe(event)
      const hopeless = found.find((finding) => finding.hopeless)
      if (mode === 'stop' && hopeless !== undefined)
        ending ??= { reason: 'watchdog', message: `Stopped by the watchdog: ${hopeless.message}` }
      return found.map(({ kind, step, level, message, hint }) => ({
        type: 'notice',
        step,
        level,
        message,
        hint,
        finding: kind,
      }))
    },
    get ending() {
      return ending
    },
  }
}

/** Steps and evaluations in the order in which they happened. */
function replay(watchdog: Watchdog, store: Store, runId: string): void {
  const evaluations = store.metrics.evaluations(runId)
  let next = 0
  for (const step of store.metrics.steps(runId)) {
    watchdog.step(step)
    while (evaluations[next] !== undefined && evaluations[next]!.step <= step.step)
      watchdog.evaluation(evaluations[next++]!)
  }
}
