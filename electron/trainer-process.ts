/** Entry of the process that trains: one per running job, started by the host, which it never outlives. */
import { pathToFileURL } from 'node:url'
import { type ErrorCode, messageOf, StudioError } from '../engine/errors.ts'
import type { TrainEvent } from '../engine/train/events.ts'
import { ensureCollector } from '../engine/train/process-flags.ts'
import { parseToTrainer } from './host/trainer-messages.ts'
import { openTrainerChannel } from './trainer-channel.ts'

/**
 * A job: yields what happens. When `signal` aborts, its reason is `'keep'` (save what was learned, then finish with
 * reason `cancelled`), `'discard'` (throw), or `'suspend'` (save a checkpoint and return). While `control.paused()` it
 * waits between two steps.
 */
export type Train = (
  plan: unknown,
  signal: AbortSignal,
  control: { paused: () => boolean },
) => AsyncGenerator<TrainEvent>

ensureCollector()
const channel = openTrainerChannel()
const stop = new AbortController()
let paused = false

// Ctrl-C reaches the whole process group; the host decides what becomes of the run and tells this process.
process.on('SIGINT', () => {})
channel.listen((raw) => {
  const message = parseToTrainer(raw)
  if (message.type === 'start') void run(message.plan)
  else if (message.type === 'stop') stop.abort(message.mode)
  else paused = message.type === 'pause'
})
await channel.send({ type: 'ready' })

async function run(plan: unknown): Promise<void> {
  try {
    const train = await loadTrain(process.argv[2])
    for await (const event of train(plan, stop.signal, { paused: () => paused })) {
      await channel.send({ type: 'event', event })
      // A step blocks this thread: give the messages of the host a turn before the next one.
      await new Promise(setImmediate)
    }
  } catch (error) {
    await channel.send({ type: 'failed', ...describe(error) })
  }
  await channel.flush()
  // Whatever the job may have left open, this process has nothing more to do.
  process.exit(0)
}

/** The engine's training, or the `train` of another module (tests, experiments). */
async function loadTrain(module: string | undefined): Promise<Train> {
  if (module === undefined) return (await import('../engine/train/train.ts')).train
  const loaded: { train?: Train } = await import(pathToFileURL(module).href)
  if (typeof loaded.train === 'function') return loaded.train
  throw new StudioError(
    'bad-argument',
    `${module} exports no function "train".`,
    'Check PEFT_STUDIO_JOB_MODULE.',
  )
}

function describe(error: unknown): { code: ErrorCode; message: string; hint: string } {
  if (error instanceof StudioError) return { code: error.code, message: error.message, hint: error.hint }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'The run was stopped.', hint: 'Start it again, or resume it.' }
  }
  console.error(error)
  const hint = 'This is a defect of PEFT Studio; please report it with the log of the run.'
  return { code: 'internal', message: messageOf(error), hint }
}
