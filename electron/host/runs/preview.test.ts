/** What the preview card says, against what is then refused, stored and measured. */
import { expect, test } from 'vitest'
import { counting, countingHost, reaches } from '../testing/counting-host.ts'

test('a request that is ready says what it will be', async () => {
  const { host } = await countingHost()
  const preview = await host.runs.preview(
    counting({
      methodConfig: { r: 4, lora_alpha: 16 },
      training: { steps: 30, seed: 1, learningRate: 1e-3 },
    }),
  )
  expect(preview).toMatchObject({
    ready: true,
    missing: [],
    model: { id: 'builtin:studio-tiny', name: 'studio-tiny' },
    data: { versionId: 'builtin:pirate@1' },
    method: { name: 'lora', title: 'LoRA' },
    steps: 30,
    time: null,
    memory: { fits: true },
    device: { id: 'cpu' },
    start: { when: 'now', ahead: 0 },
  })
  // Given, but as they are anyway: not among the differing ones.
  const changed = preview.changed.map(({ key, value, default: usual }) => [key, value, usual])
  expect(changed).toEqual([
    ['r', 4, 8],
    ['steps', 30, 100],
    ['learningRate', 1e-3, expect.any(Number)],
  ])
  expect(preview.memory!.totalBytes).toBeGreaterThan(100e6)
})

test('a run that needs more than the limit is refused with the remedy, by the preview and by the queue', async () => {
  const { host } = await countingHost()
  const { memory } = await host.runs.preview(counting({ training: { batch: 8 } }))
  await host.settings.change({ memoryLimitBytes: 256e6 })
  const huge = counting({ training: { batch: 256 } })
  const preview = await host.runs.preview(huge)
  expect(memory!.totalBytes).toBeLessThan(preview.memory!.totalBytes)
  expect(preview).toMatchObject({
    ready: false,
    missing: [{ place: 'memory', hint: expect.stringContaining('raise the limit in the settings') }],
  })
  expect(preview.missing[0]!.message).toContain('the limit in the settings is 256 MB')
  await expect(host.runs.create(huge)).rejects.toThrow(preview.missing[0]!.message)
  expect(host.runs.list(false)).toEqual([])
})

test('the time comes from earlier runs of the shape, or is scaled from others', async () => {
  const { host } = await countingHost()
  const { id } = await host.runs.create(counting())
  await reaches(host, id, 'completed')
  const same = await host.runs.preview(counting({ training: { steps: 200, evaluateEvery: 100 } }))
  // The counting job says 0.01 s for a step, 0.5 s for an evaluation.
  expect(same.time).toMatchObject({
    basis: 'earlier runs',
    secondsPerStep: 0.01,
    seconds: 200 * 0.01 + 2 * 0.5,
  })
  const double = await host.runs.preview(counting({ training: { steps: 20, batch: 8 } }))
  expect(double.time).toMatchObject({ basis: 'scaled', secondsPerStep: 0.02 })
  expect((await host.runs.preview(counting({ method: 'ia3' }))).time).toBeNull()
})

test('it says when the run would start', async () => {
  const { host } = await countingHost({ stepMs: 20 })
  await host.runs.create(counting({ training: { steps: 2_000 } }))
  await host.runs.create(counting())
  expect((await host.runs.preview(counting())).start).toEqual({ when: 'later', ahead: 2 })
  host.runs.queue.hold()
  expect((await host.runs.preview(counting())).start).toEqual({ when: 'held', ahead: 2 })
})
