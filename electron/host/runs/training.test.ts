/** Real training of the built-in model through the queue: cut off and resumed, forked, with pinned prompts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RunRequest } from '../../contract/runs.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Host, openHost } from '../host.ts'
import { counts, reaches, trainerOf } from '../testing/counting-host.ts'

async function openStudio(): Promise<Host> {
  const host = await openHost({ shell: 'headless', dataDir: temporaryFolder() })
  onTestFinished(() => host.close())
  return host
}

const request = (changes: Partial<RunRequest> = {}): RunRequest => ({
  modelId: 'builtin:studio-tiny',
  datasetVersionId: 'builtin:pirate@1',
  method: 'lora',
  methodConfig: { lora_dropout: 0.1 },
  training: { steps: 14, batch: 2, length: 96, evaluateEvery: 5, checkpointEvery: 4, threads: 1 },
  prompts: ['Say it like a pirate: Yes, my friend is here.'],
  sampleEvery: 5,
  ...changes,
})

/** What must be equal to the last bit. */
function result(host: Host, id: string) {
  const { validationLoss, trainLoss, adapterPath, keptStep } = host.runs.get(id)
  return {
    steps: host.store.metrics.steps(id).map(({ step, loss, gradientNorm }) => [step, loss, gradientNorm]),
    evaluations: host.store.metrics.evaluations(id).map(({ step, validationLoss: loss }) => [step, loss]),
    samples: host.runs.samples(id).map(({ step, output }) => [step, output]),
    last: [validationLoss, trainLoss, keptStep],
    adapter: readFileSync(join(adapterPath!, 'adapter_model.safetensors')).toString('base64'),
  }
}

test('killed in mid-run and resumed, a run is the uninterrupted one to the last bit', async () => {
  const host = await openStudio()
  const whole = await host.runs.create(request())
  await reaches(host, whole.id, 'completed')

  const { id } = await host.runs.create(request())
  await counts(host, id, 7)
  process.kill(trainerOf(host, id), 'SIGKILL')
  await reaches(host, id, 'interrupted')
  host.runs.resume(id)
  await reaches(host, id, 'completed')
  expect(host.store.attempts.list(id)).toHaveLength(2)
  expect(result(host, id)).toEqual(result(host, whole.id))
  expect(result(host, id).samples.map(([step]) => step)).toEqual([0, 5, 10, 14])
})

test('a fork begins with the values of a checkpoint, and survives the removal of the run it came from', async () => {
  const host = await openStudio()
  const parent = await host.runs.create(request({ prompts: [] }))
  await reaches(host, parent.id, 'completed')
  expect(host.runs.checkpoints(parent.id).map(({ step }) => step)).toEqual([4, 8, 12, 14])
  await expect(host.runs.fork({ id: parent.id, step: 5 })).rejects.toMatchObject({
    code: 'not-found',
    hint: 'There are checkpoints of the steps 4, 8, 12, 14.',
  })

  host.runs.queue.hold()
  const fork = await host.runs.fork({ id: parent.id, step: 12, training: { steps: 6, learningRate: 1e-3 } })
  expect(fork).toMatchObject({
    status: 'queued',
    name: `${parent.name}, from step 12`,
    lineage: { parentRunId: parent.id, kind: 'fork', step: 12 },
    config: { learningRate: 1e-3, steps: 6, batch: 2, methodConfig: { lora_dropout: 0.1 } },
  })
  expect(host.runs.lineage(fork.id).map(({ id }) => id)).toEqual([parent.id, fork.id])
  const before = host.store.metrics.steps(parent.id)
  host.runs.bin(parent.id)
  await host.runs.remove(parent.id)
  host.runs.queue.proceed()
  await reaches(host, fork.id, 'completed')
  expect(host.runs.get(fork.id)).toMatchObject({ lineage: null, lastStep: 6 })
  const [first] = host.store.metrics.steps(fork.id)
  // The same first batch as the parent's, under trained values.
  expect(first!.loss).toBeLessThan(before[0]!.loss - 0.1)
})

test('stopping early says why, and the adapter holds the best values', async () => {
  const host = await openStudio()
  const training = {
    ...request().training,
    steps: 40,
    learningRate: 0.3,
    schedule: 'constant',
    patience: 2,
  } as const
  const { id } = await host.runs.create(
    request({ prompts: [], training: { ...training, evaluateEvery: 1, watchdog: 'off' } }),
  )
  await reaches(host, id, 'completed')
  const run = host.runs.get(id)
  expect(run.ending).toMatchObject({ reason: 'early-stopping' })
  expect(run.keptStep).toBe(run.best!.step)
  expect(run.validationLoss).toBe(run.best!.validationLoss)
  expect(run.ending!.message).toContain(`The adapter holds the values of step ${run.keptStep}`)
})

test('the watchdog ends a run that nothing can become of, where it was asked to, and says so', async () => {
  const host = await openStudio()
  const training = { ...request().training, steps: 400, learningRate: 3, schedule: 'constant' } as const
  const { id } = await host.runs.create({
    ...request({ method: 'adapter', methodConfig: {}, prompts: [] }),
    training: { ...training, watchdog: 'stop', evaluateEvery: 200 },
  })
  await expect.poll(() => host.runs.get(id).finishedAt, { timeout: 60_000 }).not.toBeNull()
  const run = host.runs.get(id)
  expect(run).toMatchObject({ status: 'cancelled', ending: { reason: 'watchdog' } })
  expect(run.lastStep).toBeLessThan(100)
  const finding = host.runs.log(id, 0).find((entry) => entry.finding !== null)
  expect(finding).toMatchObject({ finding: 'no-gradient', hint: expect.stringContaining('learning rate') })
  expect(run.ending!.message).toBe(`Stopped by the watchdog: ${finding!.message}`)
})
