/** Writes what a run tells into the store. */
import type { TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'

/** Stores one event of a run, all of it or nothing; when this returns a crash can no longer lose it. */
export function recordEvent(store: Store, runId: string, event: TrainEvent): void {
  store.transaction(() => {
    switch (event.type) {
      case 'started':
        return store.runs.setFacts(runId, {
          device: event.device,
          plannedSteps: event.steps,
          trainableParameters: event.trainableParameters,
          totalParameters: event.totalParameters,
          baseValidationLoss: event.baseValidationLoss,
        })
      case 'step':
        return store.metrics.addStep(runId, event)
      case 'evaluation':
        return store.metrics.addEvaluation(runId, event)
      case 'checkpoint':
        return store.checkpoints.add({ runId, step: event.step, path: event.path })
      case 'notice':
        return store.events.add({ runId, step: event.step, level: event.level, message: event.message })
      case 'finished': {
        const { type: _, reason, step, ...result } = event
        store.runs.setResult(runId, result)
        store.runs.end(runId, reason === 'cancelled' ? 'cancelled' : 'completed')
        return store.events.add({ runId, step, level: 'info', message: `Finished: ${reason}.` })
      }
      default:
        return event satisfies never
    }
  })
}
