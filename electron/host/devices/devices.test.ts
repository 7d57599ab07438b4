/** Devices that are slower, wrong, broken or gone (engine/testing/throw-away-runtime.ts), through a whole host and real trainers. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Ranking, rankingSchema } from '../../contract/devices.ts'
import type { RunRequest } from '../../contract/runs.ts'
import type { RunStatus } from '../../store/run-record.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Host, openHost } from '../host.ts'
import { sizeWords } from './words.ts'

// Before anything is imported: the registry of runtimes reads its variable when it is loaded.
vi.hoisted(() => {
  process.env.PEFT_STUDIO_EXTRA_RUNTIMES = `${process.cwd()}/engine/testing/throw-away-runtime.ts`
})

/** @param names of devices besides those of the machine @param steps after which those that end do so */
async function studioWith(names: string, steps = 100): Promise<Host> {
  vi.stubEnv('PEFT_STUDIO_TEST_DEVICES', names)
  vi.stubEnv('PEFT_STUDIO_TEST_STEPS', String(steps))
  const host = await openHost({ shell: 'headless', dataDir: temporaryFolder() })
  onTestFinished(() => host.close())
  return host
}

const request = (changes: RunRequest['training'] = {}): RunRequest => ({
  modelId: 'builtin:studio-tiny',
  datasetVersionId: 'builtin:pirate@1',
  method: 'lora',
  training: {
    ...{ steps: 8, batch: 4, length: 96, evaluateEvery: 0, checkpointEvery: 3, threads: 1 },
    ...changes,
  },
})

/** Real trainers start here, and each device is measured by one. */
vi.setConfig({ testTimeout: 300_000 })

async function reaches(host: Host, id: string, status: RunStatus): Promise<void> {
  await expect.poll(() => host.runs.get(id).status, { timeout: 200_000, interval: 50 }).toBe(status)
}

const curve = (host: Host, id: string) =>
  host.store.metrics.steps(id).map(({ step, loss, gradientNorm }) => [step, loss, gradientNorm])
const messages = (host: Host, id: string) => host.runs.log(id, 0).map(({ message }) => message)

test('devices are measured, held against the processor, ranked and remembered; the choice follows', async () => {
  const host = await studioWith('slow,wrong,rounding,broken,small,absent')
  const before = await host.runs.preview(request())
  expect(before.device).toMatchObject({
    id: null,
    asked: 'auto',
    why: expect.stringContaining('are measured'),
  })
  expect(before.device!.options.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['auto', 'cpu', 'slow', 'wrong', 'broken', 'small']),
  )

  const { id } = await host.runs.create(request())
  await reaches(host, id, 'completed')
  const log = messages(host, id)
  expect(log).toContainEqual(
    expect.stringMatching(/^Wrong device is out\. Wrong results: its loss of step 1/),
  )
  expect(log).toContainEqual(
    'Broken device is out. The device did not answer. Switch it on, or choose another device.',
  )
  expect(log).toContainEqual(expect.stringMatching(/^Small device is out\. The run needs about/))
  const stored: { rankings: Record<string, Ranking> } = JSON.parse(
    readFileSync(join(host.dataDir, 'devices.json'), 'utf8'),
  )
  const [ranking] = Object.values(stored.rankings).map((one) => rankingSchema.parse(one))
  const ranked = ranking!.devices.filter(({ verdict }) => verdict === 'ranked').map((one) => one.id)
  expect(ranked).toEqual(expect.arrayContaining(['cpu', 'slow']))
  expect(ranking!.devices.find((one) => one.id === 'rounding')).toMatchObject({
    verdict: 'ranked',
    because: expect.stringContaining('its loss differs by 0.0040'),
  })
  expect(host.runs.get(id).device).toBe(ranked[0])

  // Known now: the preview tells it, the time is known, the next run measures nothing, another shape would.
  const after = await host.runs.preview(request())
  expect(after.device).toMatchObject({ id: ranked[0], why: expect.stringContaining('fastest of') })
  expect(after.device!.options.find((one) => one.id === 'wrong')!.note).toBe('wrong results')
  expect(after.time?.basis).toBe('measured')
  const again = await host.runs.create(request())
  await reaches(host, again.id, 'completed')
  expect(messages(host, again.id)).not.toContainEqual(expect.stringContaining('are measured first'))
  expect((await host.runs.preview(request({ length: 65 }))).device!.id).toBeNull()

  const listed = await host.devices.list()
  expect(listed.find((one) => one.id === 'absent')).toMatchObject({ available: false, measured: null })
  expect(listed.find((one) => one.id === 'wrong')!.measured).toMatchObject({
    verdict: 'wrong',
    found: 'wrong results',
  })
  // A damaged memory is no trouble.
  writeFileSync(join(host.dataDir, 'devices.json'), '{')
  expect((await host.devices.list()).every(({ measured }) => measured === null)).toBe(true)
})

test('a device is chosen in the settings or for a run; one that cannot be had is refused before anything starts', async () => {
  const host = await studioWith('slow,absent')
  await host.settings.change({ device: 'slow' })
  expect((await host.runs.preview(request())).device).toMatchObject({ id: 'slow', asked: 'slow' })
  expect((await host.runs.preview(request({ device: 'cpu' }))).device).toMatchObject({
    id: 'cpu',
    asked: 'cpu',
  })
  for (const [device, code, sentence] of [
    ['nothing', 'not-found', 'There is no device "nothing".'],
    ['absent', 'device', 'Absent device is not available: its library is not installed.'],
  ] as const) {
    const preview = await host.runs.preview(request({ device }))
    expect(preview).toMatchObject({ ready: false, device: null })
    expect(preview.missing[0]).toMatchObject({ place: 'device', code, message: sentence })
    await expect(host.runs.create(request({ device }))).rejects.toMatchObject({ code, message: sentence })
  }
  expect((await host.runs.preview(request({ device: 'nothing' }))).missing[0]!.hint).toMatch(
    /^Devices: cpu, /,
  )
  expect(host.runs.list(false)).toEqual([])
})

test.each(['vanishing', 'crashing'])(
  'a run on a %s device goes on elsewhere and ends as if nothing had happened',
  async (device) => {
    const host = await studioWith(device, 5)
    const whole = await host.runs.create(request({ device: 'cpu' }))
    await reaches(host, whole.id, 'completed')

    const { id } = await host.runs.create(request({ device }))
    await reaches(host, id, 'interrupted')
    const run = host.runs.get(id)
    // What can still be read is saved; where the process is gone, the last checkpoint is what there is.
    const kept = device === 'vanishing' ? 5 : 3
    expect(host.runs.checkpoints(id).at(-1)!.step).toBe(kept)
    expect(run.ending!.message).toMatch(
      device === 'vanishing'
        ? /^The device was lost: it was unplugged\. The run was cut off after step 5/
        : /^The trainer crashed \(SIGABRT\).* at step 5/,
    )
    expect(host.runs.log(id, 0).at(-1)!.hint).toContain(`it goes on from step ${kept}`)

    await expect(host.runs.resumeOn(id, 'nothing')).rejects.toMatchObject({ code: 'not-found' })
    await host.runs.resumeOn(id, 'cpu')
    await reaches(host, id, 'completed')
    expect(messages(host, id)).toContainEqual(
      expect.stringContaining(
        `Now on cpu instead of ${device}: equal to the last bit are only runs on one device.`,
      ),
    )
    // These devices compute on the processor: here even the bits are equal.
    expect(curve(host, id)).toEqual(curve(host, whole.id))
    expect(host.runs.get(id)).toMatchObject({
      device: 'cpu',
      config: { device: 'cpu' },
      validationLoss: host.runs.get(whole.id).validationLoss,
    })
  },
)

test('a run that is stopped while devices are measured is stopped', async () => {
  const host = await studioWith('slow')
  const { id } = await host.runs.create(request({ steps: 200 }))
  await expect
    .poll(() => messages(host, id), { timeout: 100_000 })
    .toContainEqual(expect.stringContaining('measured first'))
  host.runs.stop(id, 'keep')
  await reaches(host, id, 'cancelled')
  expect(host.runs.get(id).lastStep).toBe(0)
  expect(existsSync(join(host.dataDir, 'devices.json'))).toBe(false)
})

test('what does not fit is refused with its parts and with what would fit, each total as it is estimated', async () => {
  const host = await studioWith('')
  await host.settings.change({ memoryLimitBytes: 256e6 })
  const preview = await host.runs.preview(request({ batch: 32, length: 128, profile: 'fast' }))
  const [missing] = preview.missing
  expect(missing).toMatchObject({ place: 'memory', code: 'device' })
  expect(missing!.message).toMatch(
    /needs about \d.* of memory \(activations .*, process .*\); the limit in the settings is 256 MB/,
  )
  const fitting = /These would fit: (\d+) rows per step \(([\d.]+ .B)\)/.exec(missing!.hint)!
  const training = { batch: Number(fitting[1]), length: 128 }
  const { totalBytes, fits } = await host.methods.estimate({ ...request(), methodConfig: {}, training })
  expect(fits).toBe(true)
  expect(sizeWords(totalBytes)).toBe(fitting[2])
})
