/** Measures a plan by doing it for two steps: what a step takes on this machine, what it learns from, what memory it needs. */
import type { Notice, TrainEvent } from './events.ts'
import { type OpenedRun, openRun } from './open-run.ts'
import { PROBED_STEPS } from './probed-steps.ts'
import { toldWhile } from './told-while.ts'

/** The first step fills caches and is not counted. */
const WARM_UP = 1

/**
 * Has the shape of a job (electron/trainer-process.ts), so that it runs where training runs: tells `started` once the first
 * step could begin, a `step` for each step that counts, and an `evaluation` of one validation batch where there is one.
 * Losses are those of the run's very first steps; nothing is saved.
 * @throws StudioError for a bad plan, model or data
 */
export async function* train(rawPlan: unknown, signal: AbortSignal): AsyncGenerator<TrainEvent> {
  const { plan, method, loaded, data, device, openSession } = yield* toldWhile<Notice, OpenedRun>((tell) =>
    openRun(rawPlan, signal, tell),
  )
  const session = openSession()
  try {
    await session.initialise(plan.seed)
    await session.prepare(data.loop.batchAt(0), [plan.gradientAccumulation === 1 ? 'step' : 'accumulate'])
    yield {
      type: 'started',
      trainableParameters: session.trainableParameters,
      totalParameters:
        loaded.totalParameters + (method.format.kind === 'model' ? 0 : session.trainableParameters),
      steps: PROBED_STEPS,
      resumedFrom: 0,
      baseValidationLoss: null,
      device: device.id,
    }
    for (let step = 1; step <= WARM_UP + PROBED_STEPS && !signal.aborted; step++) {
      const first = (step - 1) * plan.gradientAccumulation
      const batches = Array.from({ length: plan.gradientAccumulation }, (_, i) =>
        data.loop.batchAt(first + i),
      )
      const start = performance.now()
      const { learningRate, weightDecay } = plan
      const { loss, gradientNorm } = await session.step(batches, { step, learningRate, weightDecay })
      const seconds = (performance.now() - start) / 1000
      const sum = (of: (batch: (typeof batches)[number]) => number) =>
        batches.reduce((total, batch) => total + of(batch), 0)
      if (step > WARM_UP)
        yield {
          type: 'step',
          step: step - WARM_UP,
          epoch: (first + batches.length) / data.loop.batchesPerEpoch,
          loss,
          learningRate,
          gradientNorm,
          usefulTokens: sum((b) => b.labelCount),
          tokens: sum((b) => b.tokenCount),
          examples: sum((b) => b.exampleCount),
          seconds,
          peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
        }
    }
    const [validation] = data.loop.validation
    if (validation === undefined || signal.aborted) return
    // Compiling is not what an evaluation takes.
    await session.prepare(validation, ['evaluate'])
    const start = performance.now()
    const sum = await session.evaluate(validation)
    yield {
      type: 'evaluation',
      step: PROBED_STEPS,
      validationLoss: sum / validation.labelCount,
      best: false,
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    await session.dispose()
  }
}
