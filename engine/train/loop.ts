/** The training loop: steps, evaluates, keeps the best, saves checkpoints, and tells everything as it happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch } from '../data/batch.ts'
import { StudioError } from '../errors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { type Checkpoint, type CheckpointState, saveCheckpoint } from './checkpoint.ts'
import type { EvaluationMetrics, SampleMade, StepMetrics, TrainEvent } from './events.ts'
import { learningRateAt, type Schedule } from './schedule.ts'
import type { TrainingSession } from './session.ts'

export interface LoopSettings {
  readonly schedule: Schedule
  readonly weightDecay: number
  /** Micro batches per update. */
  readonly gradientAccumulation: number
  /** Evaluates after every so many updates, and after the last. */
  readonly evaluateEvery: number
  readonly checkpointEvery: number
  /** Stops after so many evaluations without gain; 0 = never. */
  readonly patience: number
  /** Ends with the values of the best evaluation instead of the last ones. */
  readonly keepBest: boolean
  readonly checkpointDir: string
  /** How many checkpoints stay on the disk. */
  readonly keepCheckpoints: number
  /** Updates that the optimiser's averages hold when the run begins. */
  readonly optimizerSteps: number
  readonly resumeFrom: Checkpoint | null
  readonly fingerprint: string
}

export interface LoopData {
  readonly batchesPerEpoch: number
  /** The n-th micro batch of the run: the same for the same n, always. */
  batchAt(n: number): Batch
  readonly validation: readonly Batch[]
}

/** Answers the pinned prompts with the session's present values, which it leaves as they are. */
export interface LoopSampler {
  /** Steps between two rounds of answers; 0 = only before the first step and after the last. */
  readonly every: number
  answers(step: number, signal: AbortSignal): AsyncGenerator<SampleMade>
}

export interface LoopControl {
  paused(): boolean
}

/** What the loop returns when it ends by itself or is cancelled. */
export interface LoopResult {
  readonly reason: 'completed' | 'early-stopping' | 'cancelled'
  readonly state: CheckpointState
  readonly validationLoss: number | null
  /** The step whose values these are. */
  readonly keptStep: number
  /** Trained tensors by key: the best or the last ones. */
  readonly values: Map<string, HostTensor>
}

type LoopEvent = Exclude<TrainEvent, { type: 'started' | 'finished' }>

/** Mean loss per label over the batches. */
export async function meanLoss(session: TrainingSession, batches: readonly Batch[]): Promise<number> {
  let [sum, labels] = [0, 0]
  for (const batch of batches) {
    sum += await session.evaluate(batch)
    labels += batch.labelCount
  }
  return sum / labels
}

/**
 * Runs from the session's present values (or a checkpoint) to the end of the schedule. Where the device fails in a step, the
 * state before that step is saved if it can still be read.
 */
export async function* loop(
  session: TrainingSession,
  data: LoopData,
  settings: LoopSettings,
  signal: AbortSignal,
  control: LoopControl,
  sampler: LoopSampler | null = null,
): AsyncGenerator<LoopEvent, LoopResult> {
  const { schedule } = settings
  let state: CheckpointState = {
    step: 0,
    fingerprint: settings.fingerprint,
    bestValidationLoss: null,
    bestStep: null,
    evaluationsWithoutGain: 0,
    usefulTokens: 0,
    trainingSeconds: 0,
    lastTrainLoss: null,
    optimizerSteps: settings.optimizerSteps,
  }
  let best: Map<string, HostTensor> | undefined
  let early = false
  let validationLoss: number | null = null
  if (settings.resumeFrom !== null) {
    const checkpoint = settings.resumeFrom
    if (checkpoint.state.fingerprint !== settings.fingerprint)
      throw new StudioError(
        'bad-argument',
        `The checkpoint ${checkpoint.path} belongs to another run: model, data or settings differ.`,
        'Resume with the settings it was made with, or start a new run.',
      )
    state = checkpoint.state
    const kept = partOf(checkpoint.tensors, BEST)
    // Before the first evaluation, and without validation rows, there is no best one.
    if (kept.size > 0) best = kept
    await session.restore(partOf(checkpoint.tensors, ''))
  }

  const save = async (): Promise<LoopEvent> => {
    const tensors = new Map(await session.snapshot())
    for (const [key, tensor] of best ?? []) tensors.set(BEST + key, tensor)
    return {
      type: 'checkpoint',
      step: state.step,
      path: await saveCheckpoint(settings.checkpointDir, state, tensors, settings.keepCheckpoints),
    }
  }
  const finish = async (reason: LoopResult['reason']): Promise<LoopResult> => {
    const useBest = settings.keepBest && best !== undefined && reason !== 'cancelled'
    return {
      reason,
      state,
      validationLoss: useBest ? state.bestValidationLoss : validationLoss,
      keptStep: useBest ? state.bestStep! : state.step,
      values: useBest ? best! : await session.values(),
    }
  }

  if (sampler !== null && state.step === 0) yield* sampler.answers(0, signal)
  while (state.step < schedule.steps) {
    while (control.paused() && !signal.aborted) await sleep(50)
    if (signal.aborted) {
      yield await save()
      return finish('cancelled')
    }
    let metrics: StepMetrics
    try {
      metrics = await oneStep(session, data, settings, state)
    } catch (error) {
      const saved = state.step > 0 && isDeviceFailure(error) ? await save().catch(() => undefined) : undefined
      // Where nothing can be read any more, the last checkpoint is what is left.
      if (saved !== undefined) yield saved
      throw error
    }
    if (!Number.isFinite(metrics.loss) || !Number.isFinite(metrics.gradientNorm)) {
      session.undo()
      const checkpoint = await save()
      yield checkpoint
      throw new StudioError(
        'diverged',
        `The ${Number.isFinite(metrics.loss) ? 'gradient' : 'loss'} of step ${metrics.step} is not a finite number, so the run was stopped; the state before that step is kept.`,
        `Lower the learning rate (it was ${metrics.learningRate.toExponential(1)}), lengthen the warm-up or clip gradients, and start again.`,
      )
    }
    state = {
      ...state,
      step: metrics.step,
      usefulTokens: state.usefulTokens + metrics.usefulTokens,
      trainingSeconds: state.trainingSeconds + metrics.seconds,
      lastTrainLoss: metrics.loss,
    }
    yield metrics
    const last = state.step === schedule.steps
    if (
      data.validation.length > 0 &&
      (last || (settings.evaluateEvery > 0 && state.step % settings.evaluateEvery === 0))
    ) {
      const evaluation = await evaluate(session, data, state)
      validationLoss = evaluation.validationLoss
      state = {
        ...state,
        bestValidationLoss: evaluation.best ? validationLoss : state.bestValidationLoss,
        bestStep: evaluation.best ? state.step : state.bestStep,
        evaluationsWithoutGain: evaluation.best ? 0 : state.evaluationsWithoutGain + 1,
      }
      if (evaluation.best && settings.keepBest) best = await session.values()
      yield evaluation
      early = settings.patience > 0 && state.evaluationsWithoutGain >= settings.patience && !last
    }
    if (sampler !== null && (last || early || (sampler.every > 0 && state.step % sampler.every === 0)))
      yield* sampler.answers(state.step, signal)
    if (early) break
    if (!last && settings.checkpointEvery > 0 && state.step % settings.checkpointEvery === 0)
      yield await save()
  }
  yield await save()
  return finish(early ? 'early-stopping' : 'completed')
}

const isDeviceFailure = (error: unknown): boolean => error instanceof StudioError && error.code === 'device'

/** Prefix of the best values in a checkpoint. */
const BEST = 'best:'

function partOf(tensors: ReadonlyMap<string, HostTensor>, prefix: string): Map<string, HostTensor> {
  const entries = [...tensors].filter(([name]) =>
    prefix === '' ? !name.startsWith(BEST) : name.startsWith(prefix),
  )
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

async function oneStep(
  session: TrainingSession,
  data: LoopData,
  settings: LoopSettings,
  { step: done, optimizerSteps }: CheckpointState,
): Promise<StepMetrics> {
  const first = done * settings.gradientAccumulation
  const batches = Array.from({ length: settings.gradientAccumulation }, (_, i) => data.batchAt(first + i))
  const learningRate = learningRateAt(settings.schedule, done)
  const start = performance.now()
  const { loss, gradientNorm } = await session.step(batches, {
    step: done + 1,
    optimizerSteps,
    learningRate,
    weightDecay: settings.weightDecay,
  })
  const sum = (of: (batch: Batch) => number) => batches.reduce((total, batch) => total + of(batch), 0)
  return {
    type: 'step',
    step: done + 1,
    epoch: (first + batches.length) / data.batchesPerEpoch,
    loss,
    learningRate,
    gradientNorm,
    usefulTokens: sum((b) => b.labelCount),
    tokens: sum((b) => b.tokenCount),
    examples: sum((b) => b.exampleCount),
    seconds: (performance.now() - start) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function evaluate(
  session: TrainingSession,
  data: LoopData,
  state: CheckpointState,
): Promise<EvaluationMetrics> {
  const start = performance.now()
  const validationLoss = await meanLoss(session, data.validation)
  const best = state.bestValidationLoss === null || validationLoss < state.bestValidationLoss
  return {
    type: 'evaluation',
    step: state.step,
    validationLoss,
    best,
    seconds: (performance.now() - start) / 1000,
  }
}
