import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { openStore, openStoreForReading, type Store } from './open-store.ts'
import { remountReadOnly, temporaryFolder, temporaryMount } from './testing/folders.ts'
import { queuedRun, stepMetrics } from './testing/records.ts'

const holder = fileURLToPath(new URL('./testing/hold-store.ts', import.meta.url))

/** Starts a process that writes steps to the store of `folder`; resolves after `steps` of them. */
async function writerProcess(folder: string, steps: number) {
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: string[] = []
  const lines = createInterface({ input: child.stdout })
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => said.push(line) > steps && resolve())
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
    return { runId: said[0] ?? '', steps: said.slice(1).map(Number) }
  }
  return { pid: child.pid, kill }
}

function opened(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}

test('a second process is refused and told which one writes', async () => {
  const folder = temporaryFolder()
  const writer = await writerProcess(folder, 1)
  expect(() => openStore(folder)).toThrow(
    expect.objectContaining({ code: 'locked', message: expect.stringContaining(`process ${writer.pid}`) }),
  )
  await writer.kill()
  opened(openStore(folder))
})

test('a second store in the same process is refused too', () => {
  const folder = temporaryFolder()
  opened(openStore(folder))
  expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'locked' }))
})

test('kill -9 loses no step that was shown, and the run is interrupted on the next start', async () => {
  const folder = temporaryFolder()
  const writer = await writerProcess(folder, 50)
  const { runId, steps } = await writer.kill()
  const store = opened(openStore(folder))
  const saved = store.metrics.steps(runId)
  expect(steps.length).toBeGreaterThanOrEqual(50)
  expect(saved.slice(0, steps.length)).toEqual(steps.map((step) => stepMetrics(step)))
  expect(store.runs.get(runId).status).toBe('interrupted')
  expect(store.events.list(runId).at(-1)).toMatchObject({ level: 'warning', step: saved.length })
})

test('a reader sees the steps of a running writer, and cannot write', async () => {
  const folder = temporaryFolder()
  const writer = await writerProcess(folder, 5)
  const reader = opened(openStoreForReading(folder))
  const [run] = reader.runs.list()
  expect(run?.status).toBe('running')
  expect(reader.metrics.steps(run?.id ?? '').length).toBeGreaterThanOrEqual(5)
  expect(() => reader.runs.rename(run?.id ?? '', 'x')).toThrow(expect.objectContaining({ code: 'disk' }))
  await writer.kill()
})

test('a reader after a crash sees the run as interrupted', async () => {
  const folder = temporaryFolder()
  const writer = await writerProcess(folder, 1)
  await writer.kill()
  const reader = opened(openStoreForReading(folder))
  expect(reader.runs.list().map(({ status }) => status)).toEqual(['interrupted'])
})

test('a folder without a store reads as empty and stays as it is', () => {
  const folder = join(temporaryFolder(), 'nothing')
  expect(opened(openStoreForReading(folder)).runs.list()).toEqual([])
  expect(existsSync(folder)).toBe(false)
})

test('a store from the future is refused by writers and readers', () => {
  const folder = temporaryFolder()
  openStore(folder).close()
  const database = new Database(join(folder, 'studio.db'))
  database.pragma('user_version = 999')
  database.close()
  const refused = expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('999') })
  expect(() => openStore(folder)).toThrow(refused)
  expect(() => openStoreForReading(folder)).toThrow(refused)
})

test('a file that is no database is refused and left as it is', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'studio.db')
  const text = 'my shopping list, which is long enough to be no header\n'.repeat(50)
  writeFileSync(path, text)
  expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'bad-file' }))
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'bad-file' }))
})

test('a full disk is said in a sentence, and what was saved stays readable', ({ skip }) => {
  const folder = temporaryMount(3_000) ?? skip('mounting a small disk is not permitted here')
  const store = opened(openStore(folder))
  const run = queuedRun(store)
  let saved = 0
  expect(() => {
    for (let step = 1; step < 100_000; step++) {
      store.metrics.addStep(run.id, stepMetrics(step))
      saved = step
    }
  }).toThrow(expect.objectContaining({ code: 'disk', message: expect.stringContaining('the disk is full') }))
  expect(saved).toBeGreaterThan(100)
  expect(store.metrics.lastStep(run.id)).toBe(saved)
  store.close()
  expect(opened(openStore(folder)).metrics.lastStep(run.id)).toBe(saved)
})

test('a read-only folder is said in a sentence', ({ skip }) => {
  const folder = temporaryMount(512) ?? skip('mounting a read-only disk is not permitted here')
  remountReadOnly(folder)
  expect(() => openStore(folder)).toThrow(
    expect.objectContaining({ code: 'disk', hint: expect.stringContaining('PEFT_STUDIO_DATA') }),
  )
  expect(() => openStore(join(folder, 'below'))).toThrow(
    expect.objectContaining({ code: 'disk', message: expect.stringContaining('read-only') }),
  )
})
