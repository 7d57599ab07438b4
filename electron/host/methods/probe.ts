/** Measures a plan in a trainer process of its own: the host's thread never computes a step. */
import { fileURLToPath } from 'node:url'
import { StudioError } from '../../../engine/errors.ts'
import type { TrainEvent } from '../../../engine/train/events.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { PROBED_STEPS } from '../../../engine/train/probed-steps.ts'
import type { Measurement } from '../../contract/devices.ts'
import type { StepResults } from '../devices/verdict.ts'
import type { JobContext } from '../jobs.ts'
import type { SpawnTrainer } from '../spawn-trainer.ts'
import { TrainerChild, type TrainerExit } from '../trainer-child.ts'
import { howItDied } from '../trainer-exit.ts'
import type { FromTrainer } from '../trainer-messages.ts'

const job = fileURLToPath(new URL('../../../engine/train/probe.ts', import.meta.url))

/** Opening, warming up, the steps that count, an evaluation. */
export const PROBE_PARTS = 3 + PROBED_STEPS

/** What the steps took, and what they computed. */
export interface Probe {
  readonly measurement: Omit<Measurement, 'disturbed' | 'device'>
  readonly results: StepResults
}

/**
 * @param plan names the device that is measured
 * @throws StudioError what the plan was refused for, or `device` when the process died
 * @throws the signal's reason when it aborts
 */
export async function probe(
  plan: TrainPlan,
  spawn: SpawnTrainer,
  { signal, progress }: JobContext,
): Promise<Probe> {
  const start = performance.now()
  const heard: TrainEvent[] = []
  let startSeconds = 0
  let failed: StudioError | undefined
  progress({ done: 0, total: PROBE_PARTS, unit: 'parts', note: 'Opening model and data' })

  const hear = (message: FromTrainer) => {
    if (message.type === 'ready') child.send({ type: 'start', plan })
    else if (message.type === 'failed') failed = new StudioError(message.code, message.message, message.hint)
    else if (message.event.type === 'notice') progress({ note: message.event.message })
    else {
      heard.push(message.event)
      if (message.event.type === 'started') startSeconds = (performance.now() - start) / 1000
      progress({ done: 1 + heard.length, note: noteAfter(heard) })
    }
  }
  const child = new TrainerChild(
    {
      message: hear,
      broken: (error) => {
        failed ??= new StudioError('internal', String(error), 'Report this with the log.')
        child.kill()
      },
    },
    job,
    spawn,
  )
  const kill = () => child.kill()
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  const exit = await child.exit
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (failed !== undefined) throw failed
  return summary(heard, startSeconds, exit)
}

function noteAfter(heard: readonly TrainEvent[]): string {
  const steps = heard.filter((event) => event.type === 'step').length
  if (steps === PROBED_STEPS) return 'Evaluating one batch'
  return steps === 0 ? 'Warming up' : `Step ${steps + 1} of ${PROBED_STEPS}`
}

function summary(heard: readonly TrainEvent[], startSeconds: number, exit: TrainerExit): Probe {
  const steps = heard.filter((event) => event.type === 'step')
  const evaluation = heard.find((event) => event.type === 'evaluation')
  if (steps.length < PROBED_STEPS)
    throw new StudioError(
      'device',
      `${howItDied(exit, 'The measuring process').replace(/,$/, '')}.`,
      'Where memory ran out: try fewer rows or shorter ones, or the low-memory profile.',
    )
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0)
  const measurement = {
    millisecondsPerStep: (1000 * seconds) / steps.length,
    usefulTokensPerSecond: steps.reduce((sum, step) => sum + step.usefulTokens, 0) / seconds,
    peakMemoryBytes: Math.max(...steps.map((step) => step.peakMemoryBytes)),
    millisecondsPerEvaluationBatch: evaluation === undefined ? null : 1000 * evaluation.seconds,
    startSeconds,
    measuredAt: Date.now(),
  }
  const results = {
    losses: steps.map(({ loss }) => loss),
    gradientNorms: steps.map(({ gradientNorm }) => gradientNorm),
  }
  return { measurement, results }
}
