/** A small real job for tests of the host: counts steps with losses computed from the step, as its plan says. */
import { setTimeout as sleep } from 'node:timers/promises'
import { StudioError } from '../../../engine/errors.ts'
import type { RunFinished, StepMetrics, TrainEvent } from '../../../engine/train/events.ts'
import type { Train } from '../../trainer-process.ts'

export interface CountingPlan {
  readonly steps: number
  readonly stepMs?: number
  /** What happens after this step: a StudioError, a native-like crash, or a loss that is not a number. */
  readonly trouble?: { readonly after: number; readonly kind: 'error' | 'crash' | 'nan' | 'deaf' }
}

/** The loss every test expects after `step`. */
export const lossAt = (step: number): number => 4 / (1 + step)

export async function* train(
  plan: unknown,
  signal: AbortSignal,
  control: Parameters<Train>[2],
): AsyncGenerator<TrainEvent> {
  const { steps, stepMs = 0, trouble } = plan as CountingPlan
  yield {
    type: 'started',
    trainableParameters: 10,
    totalParameters: 1_000,
    steps,
    resumedFrom: 0,
    baseValidationLoss: lossAt(0),
    device: `process ${process.pid}`,
  }
  for (let step = 1; step <= steps; step++) {
    while (control.paused() && !signal.aborted) await sleep(5)
    if (signal.aborted && trouble?.kind !== 'deaf') {
      if (signal.reason === 'discard') throw new StudioError('cancelled', 'Discarded.', 'Start again.')
      return yield finished('cancelled', step - 1)
    }
    await sleep(stepMs)
    const sick = trouble?.after === step ? trouble.kind : undefined
    yield stepMetrics(step, sick === 'nan' ? Number.NaN : lossAt(step))
    if (sick === 'error') throw new StudioError('diverged', 'The loss grew.', 'Lower the learning rate.')
    if (sick === 'crash') process.abort()
    if (step % 10 === 0) yield { type: 'checkpoint', step, path: `checkpoint-${step}` }
  }
  yield { type: 'evaluation', step: steps, validationLoss: lossAt(steps), best: true, seconds: 0.5 }
  yield { type: 'notice', step: steps, level: 'info', message: 'All counted.' }
  yield finished('completed', steps)
}

function stepMetrics(step: number, loss: number): StepMetrics {
  return {
    type: 'step',
    step,
    epoch: step / 100,
    loss,
    learningRate: 2.7e-4,
    gradientNorm: 1 / step,
    usefulTokens: 64,
    tokens: 128,
    examples: 4,
    seconds: 0.01,
    peakMemoryBytes: 50_000_000,
  }
}

function finished(reason: RunFinished['reason'], step: number): RunFinished {
  return {
    type: 'finished',
    reason,
    step,
    trainLoss: lossAt(step),
    validationLoss: lossAt(step),
    usefulTokensPerSecond: 6_400,
    peakMemoryBytes: 50_000_000,
    adapterPath: '/adapters/counted',
    adapterBytes: 1_234,
    seconds: step / 100,
  }
}
