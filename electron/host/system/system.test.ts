import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pagesDir } from '../../installation.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { queuedRun } from '../../store/testing/records.ts'
import { type Host, openHost } from '../host.ts'
import { logFile } from '../log-file.ts'
import { about, licenceText } from './about.ts'
import { diagnostics } from './diagnostics.ts'
import { followLog } from './follow-log.ts'
import { openSettings } from './settings.ts'
import { clearCaches, storage } from './storage.ts'

async function open(dataDir = temporaryFolder()): Promise<Host> {
  const host = await openHost({ shell: 'headless', dataDir })
  onTestFinished(() => host.close())
  return host
}

test('settings survive a restart, and what is damaged in their file costs nothing else', async () => {
  const dataDir = temporaryFolder()
  let told = 0
  const settings = await openSettings(dataDir, () => told++)
  await settings.change({ theme: 'dark', threads: 2 })
  expect(told).toBe(1)
  const path = join(dataDir, 'settings.json')
  expect((await openSettings(dataDir, () => {})).get()).toMatchObject({ theme: 'dark', threads: 2 })
  await writeFile(path, JSON.stringify({ theme: 'dark', threads: 'many', memoryLimitBytes: -1, other: 1 }))
  expect((await openSettings(dataDir, () => {})).get()).toMatchObject({
    theme: 'dark',
    threads: null,
    memoryLimitBytes: null,
  })
  await writeFile(path, '{"theme": "da')
  const damaged = await openSettings(dataDir, () => {})
  expect(damaged.get()).toMatchObject({ theme: 'system', threads: null })
  await expect(damaged.change({ memoryLimitBytes: 5 })).rejects.toThrow()
  await damaged.change({ theme: 'light' })
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ theme: 'light' })
})

test('changes made at the same moment are all kept', async () => {
  const dataDir = temporaryFolder()
  const settings = await openSettings(dataDir, () => {})
  await Promise.all([
    settings.change({ theme: 'dark' }),
    settings.change({ threads: 2 }),
    settings.change({ continueAfterFailure: false }),
  ])
  expect((await openSettings(dataDir, () => {})).get()).toMatchObject({
    theme: 'dark',
    threads: 2,
    continueAfterFailure: false,
  })
})

test('every package that is installed to run the studio is listed with its licence', async () => {
  const lock: { packages: Record<string, { version: string; dev?: boolean }> } = JSON.parse(
    await readFile(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
  )
  const wanted = Object.entries(lock.packages).flatMap(([path, { version, dev }]) => {
    const here = existsSync(new URL(`../../../${path}/package.json`, import.meta.url))
    return path === '' || dev || !here ? [] : [`${path.split('node_modules/').at(-1)}@${version}`]
  })
  expect(wanted.length).toBeGreaterThan(10)
  const { packages, licence, licenceText: own } = await about(await open())
  const host = packages.filter(({ part }) => part === 'host')
  expect(new Set(host.map(({ name, version }) => `${name}@${version}`))).toEqual(new Set(wanted))
  for (const one of packages) expect(one.licence, one.name).not.toBe('')
  expect(licence).toBe('MIT')
  expect(own).toContain('MIT License')
  expect(await licenceText('zod', host.find(({ name }) => name === 'zod')!.version)).toContain('MIT License')
  await expect(licenceText('left-pad', '1.0.0')).rejects.toMatchObject({ code: 'not-found' })
})

test.runIf(existsSync(join(pagesDir, 'index.html')))(
  'the packages of the built page are listed',
  async () => {
    const { packages } = await about(await open())
    const names = packages.filter(({ part }) => part === 'window').map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['svelte', 'tailwindcss', '@fontsource-variable/inter']))
  },
)

test('sizes are those of the files, and only caches are cleared, and never while something is trained', async () => {
  const host = await open()
  const put = async (path: string, bytes: number) => {
    await mkdir(dirname(join(host.dataDir, path)), { recursive: true })
    await writeFile(join(host.dataDir, path), Buffer.alloc(bytes))
  }
  await put('models/a--b/model.safetensors', 1_000)
  await put('cache/tokens/x/ids.bin', 200)
  await put('cache/float32/y.safetensors', 300)
  await put('runs/1/checkpoints/10/state.safetensors', 4_000)
  await put('hub/model--c--d/files/model.safetensors.part', 50)
  const bytesOf = async (key: string) => (await storage(host)).parts.find((part) => part.key === key)
  expect(await bytesOf('models')).toMatchObject({ bytes: 1_000, files: 1 })
  await put('cache/measurements/a.json', 70)
  expect(await bytesOf('caches')).toMatchObject({ bytes: 570, files: 3 })
  expect((await storage(host)).clearableBytes).toBe(500)
  expect(await bytesOf('runs')).toMatchObject({ bytes: 4_000 })
  expect(await bytesOf('downloads')).toMatchObject({ bytes: 50 })
  expect((await bytesOf('database'))!.bytes).toBeGreaterThan(4_096)
  const { id } = queuedRun(host.store)
  host.store.runs.start(id)
  await expect(clearCaches(host)).rejects.toMatchObject({ code: 'locked' })
  host.store.runs.interrupt(id, 'The test ended it.')
  expect(await clearCaches(host)).toBe(500)
  expect(await bytesOf('caches')).toMatchObject({ bytes: 70, files: 1 })
  expect(await bytesOf('models')).toMatchObject({ bytes: 1_000 })
})

test('the log is followed line by line, through a broken connection and a new file', async () => {
  const dataDir = temporaryFolder()
  const file = logFile(dataDir)
  await mkdir(dirname(file))
  await writeFile(file, 'one\ntwo\n')
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const log = followLog(dataDir, stop.signal)
  const next = async () => (await log.next()).value
  expect(await next()).toEqual({ lines: ['one', 'two'], reset: true })
  await appendFile(file, 'three\nfo')
  expect(await next()).toEqual({ lines: ['three'], reset: false })
  await appendFile(file, 'ur\n')
  expect(await next()).toEqual({ lines: ['four'], reset: false })
  const again = followLog(dataDir, stop.signal, String('one\ntwo\n'.length))
  expect((await again.next()).value).toEqual({ lines: ['three', 'four'], reset: false })
  await rename(file, logFile(dataDir, 1))
  await writeFile(file, 'five\n')
  expect(await next()).toEqual({ lines: ['one', 'two', 'three', 'four', 'five'], reset: true })
  const waiting = log.next()
  stop.abort()
  expect(await waiting).toEqual({ done: true, value: undefined })
})

test('diagnostics name versions and the machine, and no file, model or run', async () => {
  const host = await open()
  queuedRun(host.store, { name: 'my secret run' })
  const text = await diagnostics(host)
  expect(text).toContain(`node: ${process.version}`)
  expect(text).toContain(host.dataDir)
  expect(text).toContain('runs: 1 queued')
  expect(text).not.toMatch(/secret|poems|Tiny/)
})
