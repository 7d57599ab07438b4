/** A data folder with long runs, made through the store as a trainer would. */

import { openStore } from '../../electron/store/open-store.ts'
import { queuedRun } from '../../electron/store/testing/records.ts'
import type { StepMetrics } from '../../engine/train/events.ts'

export interface LongRuns {
  readonly ids: readonly string[]
  /** Median microseconds to store one step, in the transaction of its own that it gets from a trainer. */
  readonly insertMicroseconds: number
}

/** Steps of the first run that are stored one by one. */
const sampled = 5_000

/** @param count runs of `steps` steps each */
export function makeLongRuns(dataDir: string, count: number, steps: number): LongRuns {
  const store = openStore(dataDir)
  try {
    const taken: number[] = []
    const ids = Array.from({ length: count }, (_, index) => {
      const { id } = queuedRun(store, { name: `run ${index + 1}`, config: { seed: index } })
      store.runs.start(id)
      const bulk = steps - (index === 0 ? Math.min(sampled, steps) : 0)
      store.transaction(() => {
        for (let step = 1; step <= bulk; step++) store.metrics.addStep(id, stepOf(step, index), step * 100)
      })
      for (let step = bulk + 1; step <= steps; step++) {
        const start = performance.now()
        store.transaction(() => store.metrics.addStep(id, stepOf(step, index), step * 100))
        taken.push((performance.now() - start) * 1_000)
      }
      for (let step = steps / 50; step <= steps; step += steps / 50)
        store.metrics.addEvaluation(id, {
          type: 'evaluation',
          step,
          validationLoss: stepOf(step, index).loss,
          best: true,
          seconds: 1,
        })
      store.runs.end(id, { reason: 'completed', message: '' })
      return id
    })
    return { ids, insertMicroseconds: taken.sort((a, b) => a - b)[taken.length >> 1] ?? 0 }
  } finally {
    store.close()
  }
}

/** A noisy falling loss with a spike now and then, different for every run. */
function stepOf(step: number, run: number): StepMetrics {
  const noise = Math.sin(step * 12.9898 + run * 78.233) * 43_758.5453
  const spike = step % 20_011 === 0 ? 40 : 0
  return {
    type: 'step',
    step,
    epoch: step / 500,
    loss: 2 + run / 20 + 8 / Math.sqrt(step) + (noise - Math.floor(noise)) * 0.6 + spike,
    learningRate: 1e-3 * (1 - step / 2e5),
    gradientNorm: 0.5 + (noise - Math.floor(noise)),
    usefulTokens: 640,
    tokens: 1_024,
    examples: 16,
    seconds: 0.1 + (noise - Math.floor(noise)) / 50,
    peakMemoryBytes: 5e8,
  }
}
