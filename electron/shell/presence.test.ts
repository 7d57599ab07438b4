import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { counting } from '../host/testing/counting-host.ts'
import type { CountingPlan } from '../host/testing/counting-job.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { connectPage } from './testing/page-port.ts'
import { type Started, startDesktop } from './testing/start-desktop.ts'

const jobModule = fileURLToPath(new URL('../host/testing/counting-job.ts', import.meta.url))

/** The desktop with trainers that count, and a page. */
async function desktopThatCounts(job: Partial<CountingPlan>) {
  const dataDir = temporaryFolder()
  writeFileSync(join(dataDir, 'counting.json'), JSON.stringify(job))
  vi.stubEnv('PEFT_STUDIO_JOB_MODULE', jobModule)
  const desktop = await startDesktop(() => {}, dataDir)
  return { ...desktop, ...connectPage(desktop.electron) }
}

const blockers = ({ electron }: Started) => [...electron.powerSaveBlocker.active.values()]
const until = (happened: () => boolean) => vi.waitUntil(happened, { timeout: 20_000, interval: 10 })

test('while a run trains the dock shows how far it is, and the machine does not fall asleep', async () => {
  const desktop = await desktopThatCounts({ stepMs: 10 })
  const { client, electron, window } = desktop
  expect(window().progress.value).toBe(-1)
  const { id } = await client.runs.create(counting({ name: 'night run', training: { steps: 100 } }))
  await until(() => window().progress.value > 0.2)
  expect(window().progress).toMatchObject({ mode: 'normal' })
  expect(blockers(desktop)).toEqual(['prevent-app-suspension'])
  await client.runs.pause({ id })
  await until(() => window().progress.mode === 'paused')
  expect(blockers(desktop)).toEqual([])
  await client.runs.resume({ id })
  await until(() => window().progress.value === -1)
  expect(blockers(desktop)).toEqual([])
  expect(electron.powerSaveBlocker.started).toBe(2)
  expect(electron.Notification.shown).toMatchObject([
    { title: 'night run', body: expect.stringContaining('100') },
  ])
  window().minimized = true
  electron.Notification.shown[0]?.emit('click')
  expect(window().minimized).toBe(false)
})

test('who looks at the window is not notified', async () => {
  const { client, electron, window } = await desktopThatCounts({})
  window().focus()
  const { id } = await client.runs.create(counting())
  await until(() => window().progress.value === -1 && electron.utilityProcess.children.length === 1)
  await vi.waitUntil(async () => (await client.runs.get({ id })).status === 'completed', { timeout: 20_000 })
  expect(electron.Notification.shown).toEqual([])
})

test('a trainer that crashes takes nothing with it: the page’s port works on, and the next run trains', async () => {
  const desktop = await desktopThatCounts({ trouble: { after: 5, kind: 'crash' } })
  const { client, electron, main, dataDir } = desktop
  const { id } = await client.runs.create(counting())
  await vi.waitUntil(async () => (await client.runs.get({ id })).status === 'interrupted', {
    timeout: 20_000,
  })
  expect(main.closed).toBe(false)
  expect(blockers(desktop)).toEqual([])
  expect(electron.Notification.shown).toHaveLength(1)
  writeFileSync(join(dataDir, 'counting.json'), '{}')
  await client.runs.resume({ id })
  await client.runs.queue.proceed()
  await vi.waitUntil(async () => (await client.runs.get({ id })).status === 'completed', { timeout: 20_000 })
  expect(electron.utilityProcess.children).toHaveLength(2)
})

test.skipIf(process.platform === 'darwin')(
  'closing the window while a run trains asks first; then the run is left to be resumed',
  async () => {
    const { client, electron, window, asked, dataDir } = await desktopThatCounts({ stepMs: 10 })
    const { id } = await client.runs.create(counting({ name: 'long', training: { steps: 10_000 } }))
    await until(() => window().progress.value > 0)
    electron.dialog.answers = [0]
    window().close()
    expect(asked).toMatchObject([{ what: 'message', options: { message: 'long is still training.' } }])
    expect(electron.BrowserWindow.getAllWindows()).toHaveLength(1)
    electron.dialog.answers = [1]
    window().close()
    await until(() => electron.app.exitCode === 0)
    expect(electron.Notification.shown).toEqual([])
    expect(electron.powerSaveBlocker.active.size).toBe(0)
    const { openStoreForReading } = await import('../store/open-store.ts')
    const store = openStoreForReading(dataDir)
    expect(store.runs.get(id).status).toBe('interrupted')
    store.close()
  },
)
