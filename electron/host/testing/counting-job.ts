/**
 * A small real job for tests of the host: counts steps with losses computed from the step, as its plan says, and goes on
 * from its last checkpoint where the plan wants that. A plan of the engine is understood too; what that cannot say stands
 * in `counting.json` of the data folder.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StudioError } from '../../../engine/errors.ts'
import type { RunFinished, StepMetrics, TrainEvent } from '../../../engine/train/events.ts'
import type { Train } from '../../trainer-process.ts'

export interface CountingPlan {
  readonly steps: number
  readonly stepMs?: number
  /** What happens after this step: a StudioError, a native-like crash, or a loss that is not a number. */
  readonly trouble?: { readonly after: number; readonly kind: 'error' | 'crash' | 'nan' | 'deaf' }
  /** Folder of the run, for checkpoints after every tenth step. */
  readonly out?: string
  readonly cache?: string
  readonly resume?: string | null
}

/** The loss every test expects after `step`. */
export const lossAt = (step: number): number => 4 / (1 + step)

export async function* train(
  plan: unknown,
  signal: AbortSignal,
  control: Parameters<Train>[2],
): AsyncGenerator<TrainEvent> {
  const given = plan as CountingPlan
  const { steps, stepMs = 0, trouble, out, resume = null } = { ...given, ...beside(given) }
  const from = resume === null ? 0 : lastCheckpoint(out)
  yield {
    type: 'started',
    trainableParameters: 10,
    totalParameters: 1_000,
    steps,
    resumedFrom: from,
    baseValidationLoss: lossAt(0),
    device: `process ${process.pid}`,
  }
  for (let step = from + 1; step <= steps; step++) {
    while (control.paused() && !signal.aborted) await sleep(5)
    if (signal.aborted && trouble?.kind !== 'deaf') {
      if (signal.reason === 'discard') throw new StudioError('cancelled', 'Discarded.', 'Start again.')
      yield checkpoint(step - 1, out)
      return signal.reason === 'keep' ? yield finished('cancelled', step - 1) : undefined
    }
    await sleep(stepMs)
    const sick = trouble?.after === step ? trouble.kind : undefined
    yield stepMetrics(step, sick === 'nan' ? Number.NaN : lossAt(step))
    if (sick === 'error') throw new StudioError('diverged', 'The loss grew.', 'Lower the learning rate.')
    if (sick === 'crash') process.abort()
    if (step % 10 === 0) yield checkpoint(step, out)
  }
  yield { type: 'evaluation', step: steps, validationLoss: lossAt(steps), best: true, seconds: 0.5 }
  yield { type: 'notice', step: steps, level: 'info', message: 'All counted.' }
  yield finished('completed', steps)
}

function beside({ cache }: CountingPlan): Partial<CountingPlan> {
  const path = cache === undefined ? undefined : join(dirname(cache), 'counting.json')
  return path !== undefined && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

function checkpoint(step: number, out: string | undefined): TrainEvent {
  const name = `checkpoint-${String(step).padStart(8, '0')}`
  const path = out === undefined ? name : join(out, 'checkpoints', name)
  if (out !== undefined) {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'state.json'), JSON.stringify({ step }))
  }
  return { type: 'checkpoint', step, path }
}

function lastCheckpoint(out: string | undefined): number {
  if (out === undefined) return 0
  const names = readdirSync(join(out, 'checkpoints')).sort()
  return Number(names.at(-1)?.split('-')[1] ?? 0)
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
    keptStep: step,
    seconds: step / 100,
  }
}
