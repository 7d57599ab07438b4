/** Measures a plan in a trainer process of its own: the host's thread never computes a step. */
import { fileURLToPath } from 'node:url'
import { StudioError } from '../../../engine/errors.ts'
import type { TrainEvent } from '../../../engine/train/events.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { PROBED_STEPS } from '../../../engine/train/probed-steps.ts'
import type { Measurement } from '../../contract/methods.ts'
import type { JobContext } from '../jobs.ts'
import type { SpawnTrainer } from '../spawn-trainer.ts'
import { TrainerChild, type TrainerExit } from '../trainer-child.ts'
import type { FromTrainer } from '../trainer-messages.ts'

const job = fileURLToPath(new URL('../../../engine/train/probe.ts', import.meta.url))

/** Opening, warming up, the steps that count, an evaluation. */
const parts = 3 + PROBED_STEPS

/**
 * @throws StudioError what the plan was refused for, or `internal` when the process died
 * @throws the signal's reason when it aborts
 */
export async function probe(
  plan: TrainPlan,
  spawn: SpawnTrainer,
  { signal, progress }: JobContext,
): Promise<Omit<Measurement, 'disturbed'>> {
  const start = performance.now()
  const heard: TrainEvent[] = []
  let startSeconds = 0
  let failed: StudioError | undefined
  progress({ done: 0, total: parts, unit: 'parts', note: 'Opening model and data' })

  const hear = (message: FromTrainer) => {
    if (message.type === 'ready') child.send({ type: 'start', plan })
    else if (message.type === 'failed') failed = new StudioError(message.code, message.message, message.hint)
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

function summary(
  heard: readonly TrainEvent[],
  startSeconds: number,
  { signal, output }: TrainerExit,
): Omit<Measurement, 'disturbed'> {
  const steps = heard.filter((event) => event.type === 'step')
  const evaluation = heard.find((event) => event.type === 'evaluation')
  if (steps.length < PROBED_STEPS) {
    const killed = signal === 'SIGKILL'
    throw new StudioError(
      'internal',
      killed
        ? 'The measuring process was killed, as the system does with what needs too much memory.'
        : `The measuring process ended early: ${output.split('\n').at(-1) || 'it said nothing'}.`,
      'Try fewer rows or shorter ones, or the low-memory profile.',
    )
  }
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0)
  return {
    millisecondsPerStep: (1000 * seconds) / steps.length,
    usefulTokensPerSecond: steps.reduce((sum, step) => sum + step.usefulTokens, 0) / seconds,
    peakMemoryBytes: Math.max(...steps.map((step) => step.peakMemoryBytes)),
    millisecondsPerEvaluationBatch: evaluation === undefined ? null : 1000 * evaluation.seconds,
    startSeconds,
    measuredAt: Date.now(),
  }
}
