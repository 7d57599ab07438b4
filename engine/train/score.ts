/** A run of a method that trains nothing: the base model with what the method puts in front, scored once. */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { drawDemonstrations } from '../data/batches/demonstrations.ts'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from '../files/atomic.ts'
import type { TrainEvent } from './events.ts'
import type { OpenedRun } from './open-run.ts'
import { frontOf } from './run-data.ts'

/**
 * Tells `started` with no steps, one `evaluation` at step 0 and `finished`; what it leaves is the prompt.
 * @throws StudioError where there are no rows to score, and when it is stopped: half a score is none
 */
export async function* score(
  run: OpenedRun,
  baseValidationLoss: number | null,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const start = performance.now()
  const { plan, method, loaded, data, device, openSession } = run
  if (data.loop.validation.length === 0)
    throw new StudioError(
      'bad-data',
      `The data has no validation rows, and ${method.title} is nothing but scored on them.`,
      'Split the data into training and validation rows.',
    )
  const session = openSession()
  try {
    yield {
      type: 'started',
      trainableParameters: 0,
      totalParameters: loaded.totalParameters,
      steps: 0,
      resumedFrom: 0,
      baseValidationLoss,
      device: device.id,
    }
    for (const message of data.notices) yield { type: 'notice', step: 0, level: 'warning', message }
    let [sum, labels] = [0, 0]
    const scoring = performance.now()
    for (const batch of data.loop.validation) {
      if (signal.aborted) throw new StudioError('cancelled', 'The scoring was stopped.', 'Start it again.')
      sum += await session.evaluate(batch)
      labels += batch.labelCount
      // Each batch blocks this thread: give the messages of the host a turn.
      await new Promise(setImmediate)
    }
    const seconds = (performance.now() - scoring) / 1000
    const validationLoss = sum / labels
    yield { type: 'evaluation', step: 0, validationLoss, best: true, seconds }
    const adapterPath = join(plan.out, 'adapter')
    const prompt = await savePrompt(adapterPath, run)
    yield {
      type: 'finished',
      reason: 'completed',
      step: 0,
      trainLoss: Number.NaN,
      validationLoss,
      usefulTokensPerSecond: labels / Math.max(1e-9, seconds),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      adapterPath,
      adapterBytes: (await stat(prompt)).size,
      keptStep: 0,
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    await session.dispose()
  }
}

/** Writes the examples that stood in front, so that the result can be seen and used. */
async function savePrompt(dir: string, { method, config, data, tokenizer }: OpenedRun): Promise<string> {
  const shown = drawDemonstrations(data.train.dataset, frontOf(method, config).demonstrations)
  const examples = shown.map(({ ids }) => ({ text: tokenizer.decode([...ids]), tokens: [...ids] }))
  await mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw diskError('create', dir, error)
  })
  const path = join(dir, 'prompt.json')
  await writeJsonAtomic(path, { method: method.name, config, examples })
  return path
}
