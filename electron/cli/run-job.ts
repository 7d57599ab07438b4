/** Runs one job for the command line: progress on standard error, the outcome as a record. */

import { StudioError } from '../../engine/errors.ts'
import type { RunFinished, RunStarted } from '../../engine/train/events.ts'
import type { TrainPlan } from '../../engine/train/plan.ts'
import type { PreparePlan } from '../host/job.ts'
import type { TrainerSupervisor } from '../host/trainer-supervisor.ts'
import { formatLoss, formatRate } from './format.ts'
import { Progress } from './progress.ts'

export interface JobOutcome {
  readonly started: RunStarted
  readonly finished: RunFinished
}

/** Trains and shows how far it is; Ctrl-C stops after the present step and keeps what was learned. */
export async function runJob(
  supervisor: TrainerSupervisor,
  id: string,
  plan: TrainPlan,
  label: string,
  prepare?: PreparePlan,
): Promise<JobOutcome> {
  const abort = new AbortController()
  const interrupt = () => abort.abort('keep')
  process.on('SIGINT', interrupt)
  const progress = new Progress(plan.steps, 0)
  let started: RunStarted | undefined
  let finished: RunFinished | undefined
  let [tokens, seconds, validation] = [0, 0, '']
  try {
    for await (const event of supervisor.runJob(id, plan, abort.signal, prepare)) {
      if (event.type === 'started') started = event
      else if (event.type === 'finished') finished = event
      else if (event.type === 'evaluation') validation = ` · validation ${formatLoss(event.validationLoss)}`
      else if (event.type === 'notice') {
        progress.clear()
        const hint = event.hint === undefined ? '' : ` ${event.hint}`
        process.stderr.write(`${event.level}: ${event.message}${hint}\n`)
      } else if (event.type === 'step') {
        tokens += event.usefulTokens
        seconds += event.seconds
        const speed = `${formatRate(Math.round(tokens / seconds))} tokens/s`
        progress.update(event.step, `${label} · loss ${formatLoss(event.loss)}${validation} · ${speed}`)
      }
    }
  } finally {
    progress.clear()
    process.off('SIGINT', interrupt)
  }
  if (started === undefined || finished === undefined)
    throw new StudioError('internal', `Run ${id} ended without a result.`, 'See "runs show" for its events.')
  return { started, finished }
}
