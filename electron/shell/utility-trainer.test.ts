import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { TrainEvent } from '../../engine/train/events.ts'
import { type CountingPlan, lossAt } from '../host/testing/counting-job.ts'
import { TrainerSupervisor } from '../host/trainer-supervisor.ts'
import { openStore } from '../store/open-store.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { queuedRun } from '../store/testing/records.ts'

vi.mock('electron', () => import('./testing/electron-stand-in.ts'))
const { utilityTrainer } = await import('./utility-trainer.ts')
const { utilityProcess } = await import('./testing/electron-stand-in.ts')

const jobModule = fileURLToPath(new URL('../host/testing/counting-job.ts', import.meta.url))
const never = new AbortController().signal

function setUp() {
  const store = openStore(temporaryFolder())
  onTestFinished(() => store.close())
  const { id } = queuedRun(store)
  return { store, id, supervisor: new TrainerSupervisor(store, { jobModule, spawn: utilityTrainer }) }
}

async function collect(job: AsyncGenerator<TrainEvent>, onEvent: (event: TrainEvent) => unknown = () => {}) {
  const events: TrainEvent[] = []
  for await (const event of job) {
    events.push(event)
    onEvent(event)
  }
  return events
}

test('a run trains in a utility process, and the last event is heard before the process ends', async () => {
  const { store, id, supervisor } = setUp()
  const plan: CountingPlan = { steps: 500, trouble: { after: 3, kind: 'nan' } }
  const events = await collect(supervisor.runJob(id, plan, never))
  expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'completed', trainLoss: lossAt(500) })
  expect(store.metrics.lastStep(id)).toBe(500)
  expect(store.metrics.steps(id)[2]?.loss).toBeNaN()
  expect(utilityProcess.children.at(-1)?.options.serviceName).toBe('PEFT Studio trainer')
})

test('its death interrupts the run and nothing else', async () => {
  const { store, id, supervisor } = setUp()
  const crash: CountingPlan = { steps: 20, trouble: { after: 5, kind: 'crash' } }
  await expect(collect(supervisor.runJob(id, crash, never))).rejects.toMatchObject({
    message: expect.stringContaining('without a result'),
  })
  expect(store.runs.get(id).status).toBe('interrupted')
  expect(store.metrics.lastStep(id)).toBe(5)
  await collect(supervisor.runJob(id, { steps: 20 }, never))
  expect(store.runs.get(id).status).toBe('completed')
})

test('one that does not hear is killed', async () => {
  const { store, id, supervisor } = setUp()
  const deaf: CountingPlan = { steps: 100_000, stepMs: 5, trouble: { after: 0, kind: 'deaf' } }
  const running = collect(
    supervisor.runJob(id, deaf, never),
    (event) => event.type === 'step' && event.step === 3 && void supervisor.close(100),
  )
  await expect(running).rejects.toMatchObject({ message: expect.stringContaining('studio closed') })
  expect(store.runs.get(id).status).toBe('interrupted')
})

test('the collector can be called there too, although V8 does not get its flags', async () => {
  const store = openStore(temporaryFolder())
  onTestFinished(() => store.close())
  const collecting = fileURLToPath(new URL('./testing/collecting-job.ts', import.meta.url))
  const supervisor = new TrainerSupervisor(store, { jobModule: collecting, spawn: utilityTrainer })
  const events = await collect(supervisor.runJob(queuedRun(store).id, {}, never))
  expect(events[0]).toMatchObject({ type: 'notice', message: 'collected' })
})
