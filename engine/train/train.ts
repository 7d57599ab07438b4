/** One run from a plan to a saved adapter; everything it does is told as events. */
import { createHash } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { saveAdapter } from '../adapters/adapter-folder.ts'
import { loadTokenizer } from '../data/tokenizer/load-tokenizer.ts'
import { StudioError } from '../errors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { trainsAnything } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import { none } from '../methods/none.ts'
import type { LoadedModel } from '../models/load.ts'
import { saveModel } from '../models/save-model.ts'
import { type Checkpoint, latestCheckpoint, loadCheckpoint, readCheckpointState } from './checkpoint.ts'
import type { Notice, TrainEvent } from './events.ts'
import { type LoopControl, type LoopSettings, loop, meanLoss } from './loop.ts'
import { type OpenedRun, openRun } from './open-run.ts'
import type { TrainPlan } from './plan.ts'
import { frontOf, noFront, prepareData, type RunData } from './run-data.ts'
import { openSampler, type Sampler } from './sampler.ts'
import { score } from './score.ts'
import { TrainingSession } from './session.ts'
import { type Beginning, startFrom } from './start-from.ts'
import { toldWhile } from './told-while.ts'

/**
 * Trains as the plan says. Aborting with the reason `keep` ends after the present step and saves what was learned, with
 * `discard` throws, with `suspend` ends with a checkpoint and no result; while `control.paused()` it waits between steps.
 * @throws StudioError for a bad plan, model or data, and when the run diverges
 */
export async function* train(
  rawPlan: unknown,
  signal: AbortSignal,
  control: LoopControl = { paused: () => false },
): AsyncGenerator<TrainEvent> {
  const start = performance.now()
  const run = yield* toldWhile<Notice, OpenedRun>((tell) => openRun(rawPlan, signal, tell))
  const { plan, method, config, loaded, tokenizer, data, device, openSession } = run
  const baseValidationLoss = await baseLoss(run)
  if (!trainsAnything(method)) return yield* score(run, baseValidationLoss, signal)
  const session = openSession()
  let sampler: Sampler | null = null
  let failed = false
  try {
    if (plan.samples.prompts.length > 0) {
      const source = { device, loaded, method, config, state: session.state }
      sampler = openSampler(source, tokenizer, data.form, plan.samples)
    }
    const checkpointDir = join(plan.out, 'checkpoints')
    const resumeFrom = await findCheckpoint(plan, checkpointDir)
    let beginning: Beginning | undefined
    if (resumeFrom === null && plan.startFrom !== null)
      beginning = await startFrom(session, plan.startFrom, plan.seed)
    else if (resumeFrom === null) await session.initialise(plan.seed)
    await session.prepare(data.loop.batchAt(0), [plan.gradientAccumulation === 1 ? 'step' : 'accumulate'])
    const settings: LoopSettings = {
      schedule: {
        name: plan.schedule,
        learningRate: plan.learningRate,
        warmupSteps: plan.warmupSteps,
        steps: plan.steps,
      },
      weightDecay: plan.weightDecay,
      gradientAccumulation: plan.gradientAccumulation,
      evaluateEvery: plan.evaluateEvery,
      checkpointEvery: plan.checkpointEvery,
      patience: plan.patience,
      keepBest: plan.keepBest,
      checkpointDir,
      keepCheckpoints: plan.keepCheckpoints,
      optimizerSteps: beginning?.optimizerSteps ?? 0,
      resumeFrom,
      fingerprint: await fingerprint(plan, loaded, data),
    }
    yield {
      type: 'started',
      trainableParameters: session.trainableParameters,
      totalParameters: totalParameters(loaded, method, session),
      steps: plan.steps,
      resumedFrom: resumeFrom?.state.step ?? 0,
      baseValidationLoss,
      device: device.id,
    }
    for (const message of data.notices) yield { type: 'notice', step: 0, level: 'warning', message }
    if (beginning !== undefined) yield { type: 'notice', step: 0, level: 'info', message: beginning.notice }
    const running = loop(session, data.loop, settings, signal, control, sampler)
    let next = await running.next()
    while (!next.done) {
      yield next.value
      next = await running.next()
    }
    const result = next.value
    if (result.reason === 'cancelled' && signal.reason === 'suspend') return
    if (result.reason === 'cancelled' && signal.reason === 'discard') {
      await rm(checkpointDir, { recursive: true, force: true })
      throw new StudioError(
        'cancelled',
        'The run was stopped and what it learned was discarded.',
        'Start it again.',
      )
    }
    const adapterPath = join(plan.out, 'adapter')
    const weights = await saveResult(adapterPath, plan, loaded, method, config, session, result.values)
    yield {
      type: 'finished',
      reason: result.reason,
      step: result.state.step,
      trainLoss: result.state.lastTrainLoss ?? Number.NaN,
      validationLoss: result.validationLoss,
      usefulTokensPerSecond: result.state.usefulTokens / Math.max(1e-9, result.state.trainingSeconds),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      adapterPath,
      adapterBytes: (await stat(weights)).size,
      keptStep: result.keptStep,
      seconds: (performance.now() - start) / 1000,
    }
  } catch (error) {
    failed = true
    throw error
  } finally {
    await letGo(sampler, session).catch((error: unknown) => {
      // A device that is gone lets go of nothing: what it failed with says more than that.
      if (!failed) throw error
    })
  }
}

async function letGo(sampler: Sampler | null, session: TrainingSession): Promise<void> {
  await sampler?.dispose()
  await session.dispose()
}

async function baseLoss({ plan, method, config, loaded, data, device }: OpenedRun): Promise<number | null> {
  if (data.loop.validation.length === 0) return null
  const { virtualTokens, demonstrations } = frontOf(method, config)
  const hasFront = virtualTokens + demonstrations.count > 0
  // What stands in front belongs to the method: the base reads the same examples without it.
  const plain = hasFront ? await prepareData(plan, await loadTokenizer(plan.model), noFront) : data
  const base = new TrainingSession({ device, loaded, method: none, config: {} })
  try {
    return await meanLoss(base, plain.loop.validation)
  } finally {
    await base.dispose()
  }
}

async function findCheckpoint(plan: TrainPlan, dir: string): Promise<Checkpoint | null> {
  if (plan.resume === null) return null
  const path = plan.resume === 'latest' ? await latestCheckpoint(dir) : plan.resume
  if (path !== undefined) return loadCheckpoint(path)
  throw new StudioError('not-found', `There is no checkpoint in ${dir}.`, 'Start the run anew.')
}

function totalParameters(loaded: LoadedModel, method: AnyMethod, session: TrainingSession): number {
  const own = method.format.kind === 'model' ? 0 : session.trainableParameters
  return loaded.totalParameters + own
}

/** Everything that decides the numbers of a run, so that a checkpoint continues only its own. */
async function fingerprint(plan: TrainPlan, loaded: LoadedModel, data: RunData): Promise<string> {
  const { method, methodConfig, steps, batch, length, packing, seed } = plan
  const { learningRate, weightDecay, schedule, warmupSteps, gradientAccumulation, maxGradientNorm } = plan
  const parts = [loaded.folder.hash, data.hash, method, methodConfig, steps, batch, length, packing, seed]
  const training = [learningRate, weightDecay, schedule, warmupSteps, gradientAccumulation, maxGradientNorm]
  const origin = plan.startFrom === null ? [] : [await originOf(plan.startFrom)]
  const rounded = plan.weights === 'float32' ? [] : [plan.weights]
  return createHash('sha256')
    .update(JSON.stringify([...parts, ...training, ...origin, ...rounded]))
    .digest('hex')
}

/** A checkpoint by what it is, not by where it lies. */
async function originOf(path: string): Promise<{ fingerprint: string; step: number }> {
  const { fingerprint, step } = await readCheckpointState(path)
  return { fingerprint, step }
}

async function saveResult(
  dir: string,
  plan: TrainPlan,
  loaded: LoadedModel,
  method: AnyMethod,
  config: Readonly<Record<string, unknown>>,
  session: TrainingSession,
  values: ReadonlyMap<string, HostTensor>,
): Promise<string> {
  if (method.format.kind === 'model') {
    await rm(dir, { recursive: true, force: true })
    return saveModel(dir, { loaded, changed: new Map([...values].map(([name, t]) => [name, async () => t])) })
  }
  const { trained } = session
  return (await saveAdapter(dir, { loaded, method, config, trained, values, baseName: plan.modelName })).path
}
