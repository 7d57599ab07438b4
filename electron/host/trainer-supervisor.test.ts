import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { TrainEvent } from '../../engine/train/events.ts'
import { openStore } from '../store/open-store.ts'
import { temporaryFolder, temporaryMount } from '../store/testing/folders.ts'
import { queuedRun } from '../store/testing/records.ts'
import { type CountingPlan, lossAt } from './testing/counting-job.ts'
import { TrainerSupervisor } from './trainer-supervisor.ts'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const jobModule = here('./testing/counting-job.ts')

function setUp(folder = temporaryFolder(), stopPatienceMs = 10_000) {
  const store = openStore(folder)
  onTestFinished(() => store.close())
  const { id } = queuedRun(store)
  return { store, id, supervisor: new TrainerSupervisor(store, { jobModule, stopPatienceMs }) }
}

/** Collects a job's events; `onEvent` may act on each. */
async function collect(
  job: AsyncGenerator<TrainEvent>,
  onEvent: (event: TrainEvent) => unknown = () => {},
): Promise<{ events: TrainEvent[]; error: unknown }> {
  const events: TrainEvent[] = []
  try {
    for await (const event of job) {
      events.push(event)
      await onEvent(event)
    }
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

const never = new AbortController().signal
const plan = (changes: Partial<CountingPlan> = {}): CountingPlan => ({ steps: 20, ...changes })

test('a job runs to its end, and each event is in the store when it is seen', async () => {
  const { store, id, supervisor } = setUp()
  const { events, error } = await collect(supervisor.runJob(id, plan(), never), (event) => {
    if (event.type === 'step') expect(store.metrics.lastStep(id)).toBeGreaterThanOrEqual(event.step)
    if (event.type === 'started') expect(store.runs.get(id).plannedSteps).toBe(20)
  })
  expect(error).toBeUndefined()
  expect(events.filter(({ type }) => type === 'step')).toEqual(store.metrics.steps(id))
  expect(store.metrics.steps(id).map(({ loss }) => loss)).toEqual(
    Array.from({ length: 20 }, (_, index) => lossAt(index + 1)),
  )
  expect(store.runs.get(id)).toMatchObject({
    status: 'completed',
    device: expect.stringMatching(/^process \d+$/),
    trainLoss: lossAt(20),
    baseValidationLoss: lossAt(0),
    adapterBytes: 1_234,
  })
  expect(store.checkpoints.list(id).map(({ step }) => step)).toEqual([10, 20])
  expect(store.metrics.evaluations(id)).toHaveLength(1)
  expect(store.events.list(id).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Training in process \d+.$/),
    'Checkpoint saved.',
    'Checkpoint saved.',
    'Validation loss 0.1905, the best so far.',
    'All counted.',
    'All 20 steps are done.',
  ])
})

test('a loss that is not a number crosses the process boundary', async () => {
  const { store, id, supervisor } = setUp()
  await collect(supervisor.runJob(id, plan({ trouble: { after: 3, kind: 'nan' } }), never))
  expect(store.metrics.steps(id)[2]?.loss).toBeNaN()
})

test('what the job fails with reaches the caller and the store', async () => {
  const { store, id, supervisor } = setUp()
  const { error } = await collect(
    supervisor.runJob(id, plan({ trouble: { after: 5, kind: 'error' } }), never),
  )
  const failure = { code: 'diverged', message: 'The loss grew.', hint: 'Lower the learning rate.' }
  expect(error).toMatchObject(failure)
  expect(store.runs.get(id)).toMatchObject({ status: 'failed', error: failure })
  expect(store.metrics.lastStep(id)).toBe(5)
})

test('a crash interrupts the run, keeps its steps, and says so', async () => {
  const { store, id, supervisor } = setUp()
  const { events, error } = await collect(
    supervisor.runJob(id, plan({ trouble: { after: 5, kind: 'crash' } }), never),
  )
  expect(error).toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/SIGABRT.* at step 5; every step up to it is saved/),
    hint: expect.stringContaining('it goes on from the beginning'),
  })
  expect(events.filter(({ type }) => type === 'step')).toEqual(store.metrics.steps(id))
  expect(store.runs.get(id).status).toBe('interrupted')
  expect(store.events.list(id).at(-1)).toMatchObject({ level: 'error', step: 5 })
})

test('a run that was interrupted can be started again', async () => {
  const { store, id, supervisor } = setUp()
  await collect(supervisor.runJob(id, plan({ trouble: { after: 5, kind: 'crash' } }), never))
  await collect(supervisor.runJob(id, plan(), never))
  expect(store.runs.get(id).status).toBe('completed')
  expect(store.metrics.lastStep(id)).toBe(20)
})

test('aborting keeps what was learned', async () => {
  const { store, id, supervisor } = setUp()
  const stop = new AbortController()
  const { events, error } = await collect(
    supervisor.runJob(id, plan({ steps: 100_000, stepMs: 5 }), stop.signal),
    (event) => event.type === 'step' && event.step === 5 && stop.abort(),
  )
  expect(error).toBeUndefined()
  expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'cancelled' })
  expect(store.runs.get(id)).toMatchObject({ status: 'cancelled', adapterPath: '/adapters/counted' })
})

test('a run can be stopped without keeping anything', async () => {
  const { store, id, supervisor } = setUp()
  const { error } = await collect(
    supervisor.runJob(id, plan({ steps: 100_000, stepMs: 5 }), never),
    (event) => event.type === 'step' && event.step === 5 && supervisor.stop(id, 'discard'),
  )
  expect(error).toMatchObject({ code: 'cancelled' })
  expect(store.runs.get(id)).toMatchObject({ status: 'cancelled', adapterPath: null })
})

test('a job that does not stop is killed after a while', async () => {
  const { store, id, supervisor } = setUp(temporaryFolder(), 300)
  const { error } = await collect(
    supervisor.runJob(id, plan({ steps: 100_000, stepMs: 5, trouble: { after: 0, kind: 'deaf' } }), never),
    (event) => event.type === 'step' && event.step === 5 && supervisor.stop(id, 'keep'),
  )
  expect(error).toMatchObject({ message: expect.stringContaining('SIGKILL') })
  expect(store.runs.get(id).status).toBe('interrupted')
})

test('a paused job makes no steps until it goes on', async () => {
  const { store, id, supervisor } = setUp()
  const stepsWithin = async (milliseconds: number) => {
    const before = store.metrics.lastStep(id)
    await sleep(milliseconds)
    return store.metrics.lastStep(id) - before
  }
  const job = supervisor.runJob(id, plan({ steps: 100, stepMs: 20 }), never)
  const { events } = await collect(job, async (event) => {
    if (event.type !== 'step' || event.step !== 5) return
    supervisor.pause(id)
    expect(store.runs.get(id).status).toBe('paused')
    await expect.poll(() => stepsWithin(100), { timeout: 10_000 }).toBe(0)
    expect(await stepsWithin(300)).toBe(0)
    expect(store.metrics.lastStep(id)).toBeLessThan(100)
    supervisor.resume(id)
  })
  expect(events.at(-1)).toMatchObject({ reason: 'completed' })
})

test('leaving early stops the job before the caller goes on', async () => {
  const { store, id, supervisor } = setUp()
  for await (const event of supervisor.runJob(id, plan({ steps: 100_000, stepMs: 5 }), never)) {
    if (event.type === 'step') break
  }
  expect(store.runs.get(id).status).toBe('cancelled')
  expect(() => supervisor.pause(id)).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('a run that was cancelled before it began is left queued', async () => {
  const { store, id, supervisor } = setUp()
  const { error } = await collect(supervisor.runJob(id, plan(), AbortSignal.abort()))
  expect(error).toMatchObject({ code: 'cancelled' })
  expect(store.runs.get(id).status).toBe('queued')
})

test('closing the studio leaves what runs interrupted, ready to be resumed, and starts nothing more', async () => {
  const { store, id, supervisor } = setUp()
  const waiting = queuedRun(store).id
  const { error } = await collect(
    supervisor.runJob(id, plan({ steps: 100_000, stepMs: 5 }), never),
    (event) => event.type === 'step' && event.step === 5 && void supervisor.close(),
  )
  expect(error).toMatchObject({ message: expect.stringContaining('studio closed') })
  expect(store.runs.get(id)).toMatchObject({ status: 'interrupted', adapterPath: null })
  const later = await collect(supervisor.runJob(waiting, plan(), never))
  expect(later.error).toMatchObject({ code: 'cancelled' })
  expect(store.runs.get(waiting).status).toBe('queued')
})

test('closing the studio does not wait long for a job that does not hear it', async () => {
  const { store, id, supervisor } = setUp()
  const deaf = plan({ steps: 100_000, stepMs: 5, trouble: { after: 0, kind: 'deaf' } })
  await collect(
    supervisor.runJob(id, deaf, never),
    (event) => event.type === 'step' && event.step === 5 && void supervisor.close(200),
  )
  expect(store.runs.get(id).status).toBe('interrupted')
  expect(store.metrics.lastStep(id)).toBeLessThan(100_000)
})

test('a run runs once at a time', async () => {
  const { id, supervisor } = setUp()
  const { error } = await collect(supervisor.runJob(id, plan(), never), async (event) => {
    if (event.type !== 'started') return
    const again = await collect(supervisor.runJob(id, plan(), never))
    expect(again.error).toMatchObject({ code: 'exists' })
  })
  expect(error).toBeUndefined()
})

test('a disk that takes no more ends the job with the reason', async ({ skip }) => {
  const folder = temporaryMount(3_000) ?? skip('mounting a small disk is not permitted here')
  const { store, id, supervisor } = setUp(folder)
  const { events, error } = await collect(supervisor.runJob(id, plan({ steps: 100_000 }), never))
  expect(error).toMatchObject({ code: 'disk', message: expect.stringContaining('the disk is full') })
  expect(events.filter(({ type }) => type === 'step')).toEqual(store.metrics.steps(id))
  expect(events.length).toBeGreaterThan(100)
})

test('kill -9 of the host: every step shown is readable, the run is interrupted, the trainer is gone', async () => {
  const folder = temporaryFolder()
  const host = spawn(process.execPath, [here('./testing/run-host.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void host.kill('SIGKILL'))
  const shown: TrainEvent[] = []
  let trainer = 0
  for await (const line of createInterface({ input: host.stdout })) {
    const event: TrainEvent = JSON.parse(line)
    if (event.type === 'started') trainer = Number(event.device.split(' ')[1])
    shown.push(event)
    if (shown.length === 40) host.kill('SIGKILL')
  }
  if (host.exitCode === null && host.signalCode === null) await once(host, 'exit')
  const store = openStore(folder)
  onTestFinished(() => store.close())
  const [run] = store.runs.list()
  const steps = shown.filter(({ type }) => type === 'step')
  expect(steps.length).toBeGreaterThan(30)
  expect(store.metrics.steps(run?.id ?? '').slice(0, steps.length)).toEqual(steps)
  expect(run?.status).toBe('interrupted')
  await expect.poll(() => isAlive(trainer), { timeout: 5_000 }).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
