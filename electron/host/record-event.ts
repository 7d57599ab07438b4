/** Writes what a run tells into the store. */
import type { RunFinished, RunStarted, TrainEvent } from '../../engine/train/events.ts'
import type { Store } from '../store/open-store.ts'
import type { Ending } from '../store/run-record.ts'

/**
 * Stores one event of a run, all of it or nothing; when this returns a crash can no longer lose it.
 * @param found why the watchdog ended the run, where it did
 */
export function recordEvent(store: Store, runId: string, event: TrainEvent, found?: Ending): void {
  store.transaction(() => {
    switch (event.type) {
      case 'started':
        return begin(store, runId, event)
      case 'step':
        return store.metrics.addStep(runId, event)
      case 'evaluation': {
        const { step, validationLoss, best } = event
        store.metrics.addEvaluation(runId, event)
        const message = `Validation loss ${validationLoss.toFixed(4)}${best ? ', the best so far' : ''}.`
        return store.events.add({ runId, step, level: 'info', message })
      }
      case 'checkpoint':
        store.checkpoints.add({ runId, step: event.step, path: event.path })
        return store.events.add({ runId, step: event.step, level: 'info', message: 'Checkpoint saved.' })
      case 'sample': {
        const { step, prompt, output, tokens, settings } = event
        return store.samples.add({ runId, step, prompt, output, tokens, settings: { ...settings } })
      }
      case 'notice': {
        const { type: _, ...notice } = event
        return store.events.add({ runId, ...notice })
      }
      case 'finished': {
        const { type: _, reason: __, step, ...result } = event
        const ending = found ?? endingOf(event)
        store.runs.setResult(runId, result)
        store.runs.end(runId, ending)
        return store.events.add({ runId, step, level: 'info', message: ending.message })
      }
      default:
        return event satisfies never
    }
  })
}

/** A run has one history: what an earlier attempt measured behind the checkpoint is measured anew. */
function begin(store: Store, runId: string, event: RunStarted): void {
  const { resumedFrom: step } = event
  const measured = store.metrics.lastStep(runId)
  if (store.attempts.list(runId).length > 0) {
    const again = measured > step ? ` Steps ${step + 1} to ${measured} are measured again.` : ''
    const before = store.runs.get(runId).device
    const elsewhere =
      before === null || before === event.device
        ? ''
        : ` Now on ${event.device} instead of ${before}: equal to the last bit are only runs on one device.`
    const how = step === 0 ? 'Begins again.' : `Goes on from step ${step}.`
    const message = `${how}${again}${elsewhere}`
    store.events.add({ runId, step, level: 'info', message })
  }
  for (const part of [store.metrics, store.samples, store.checkpoints]) part.removeAfter(runId, step)
  store.attempts.add(runId, step)
  store.runs.setFacts(runId, {
    device: event.device,
    plannedSteps: event.steps,
    trainableParameters: event.trainableParameters,
    totalParameters: event.totalParameters,
    baseValidationLoss: event.baseValidationLoss,
  })
}

function endingOf({ reason, step, keptStep }: RunFinished): Ending {
  const holds = keptStep === step ? '' : ` The adapter holds the values of step ${keptStep}, the best ones.`
  if (reason === 'cancelled')
    return { reason: 'stopped', message: `Stopped at step ${step}; what was learned is kept.` }
  if (reason === 'completed') return { reason, message: `All ${step} steps are done.${holds}` }
  return { reason, message: `Stopped early at step ${step}: the validation loss did not get better.${holds}` }
}
