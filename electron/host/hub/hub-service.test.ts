import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeTinyModel } from '../../../engine/testing/tiny-model.ts'
import type { JobRecord } from '../../contract/jobs.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Host, openHost } from '../host.ts'
import { HubService } from './hub-service.ts'
import { openStandInHub, type StandInRepository } from './testing/stand-in-hub.ts'

async function setUp() {
  const root = temporaryFolder()
  const standIn = await openStandInHub()
  const host = await openHost({ shell: 'headless', dataDir: join(root, 'data') })
  onTestFinished(async () => {
    await host.close()
    await standIn.close()
  })
  await host.settings.change({ hubEndpoint: standIn.endpoint })
  return { root, standIn, host, hub: quick(host) }
}

/** Does not wait between attempts. */
function quick(host: Host): HubService {
  const { dataDir, jobs, models, hubAccount: account } = host
  return new HubService({ dataDir, jobs, models, account, retryAfterMs: [0, 0, 0] })
}

async function tinyRepository(
  root: string,
  changes: Partial<StandInRepository> = {},
): Promise<StandInRepository> {
  const dir = await writeTinyModel(join(root, `source-${Math.random()}`))
  const names = await readdir(dir)
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const))
  return {
    kind: 'model',
    id: 'someone/tiny',
    licence: 'apache-2.0',
    files: {
      ...Object.fromEntries(files),
      'pytorch_model.bin': Buffer.alloc(5_000),
      'modeling_tiny.py': Buffer.from('import os'),
      'onnx/model.onnx': Buffer.alloc(2_000),
    },
    ...changes,
  }
}

async function ended({ jobs }: Host, id: string): Promise<JobRecord> {
  for await (const record of jobs.watch(id, undefined)) if (record.state !== 'running') return record
  return jobs.get(id)
}

const model = { kind: 'model', id: 'someone/tiny' } as const

test('a repository is shown before anything is fetched: sizes, licence, and what stays there', async () => {
  const { root, standIn, hub } = await setUp()
  const repository = await tinyRepository(root)
  standIn.put(repository)
  const view = await hub.repository({ kind: 'model', id: `${standIn.endpoint}/someone/tiny/tree/main` })
  expect(view).toMatchObject({
    id: 'someone/tiny',
    licence: 'apache-2.0',
    gated: 'no',
    problem: null,
    known: null,
    presentBytes: 0,
    leftOut: [
      { reason: expect.stringContaining('pickles'), files: 1, bytes: 5_000 },
      { reason: expect.stringContaining('runs none'), files: 1 },
      { reason: 'weights for other programs', files: 1 },
    ],
  })
  expect(view.files.map(({ path }) => path).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'special_tokens_map.json',
    'tokenizer.json',
    'tokenizer_config.json',
  ])
  expect(view.bytes).toBe(view.files.reduce((sum, { path }) => sum + repository.files[path]!.length, 0))
})

test('a download becomes a model that can be used, byte for byte', async () => {
  const { root, standIn, host, hub } = await setUp()
  const repository = await tinyRepository(root)
  standIn.put(repository)
  const record = await ended(host, await hub.download(model))
  expect(record).toMatchObject({ state: 'done', result: { kind: 'model', modelId: 'hub:someone/tiny' } })
  expect(record.done).toBe(record.total)
  const reference = await host.models.reference('hub:someone/tiny')
  expect(reference.dir).toBe(join(host.dataDir, 'models/someone--tiny'))
  for (const name of await readdir(reference.dir))
    expect(repository.files[name]?.equals(await readFile(join(reference.dir, name)))).toBe(true)
  expect(await readdir(join(host.dataDir, 'hub'))).toEqual([])
  expect(await hub.repository(model)).toMatchObject({ known: 'hub:someone/tiny' })
  await expect(hub.download(model)).rejects.toMatchObject({ code: 'exists' })
})

test('cut connections are taken up where they broke', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root))
  standIn.faults = { cut: { afterBytes: 20_000, answers: 3 } }
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
  const ranges = standIn.seen.filter(({ path }) => path.startsWith('/cdn')).map(({ range }) => range)
  expect(ranges.filter((range) => range !== undefined).length).toBeGreaterThanOrEqual(3)
})

test('a server without ranges sends the file again, and it is still right', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root))
  standIn.faults = { cut: { afterBytes: 20_000, answers: 2 }, ignoreRanges: true }
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
})

test('a connection that stays away fails with the reason; what came is kept and goes on later', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root))
  standIn.faults = { cut: { afterBytes: 0, answers: 1_000 } }
  const failed = await ended(host, await hub.download(model))
  expect(failed).toMatchObject({
    state: 'failed',
    error: { code: 'network', message: expect.stringContaining('connection was cut') },
  })
  standIn.faults = {}
  // As after a restart: another service on the same folder.
  const again = quick(host)
  expect(await again.unfinished()).toMatchObject([{ id: 'someone/tiny', jobId: null }])
  expect(await ended(host, await again.download(model))).toMatchObject({ state: 'done' })
  expect(await again.unfinished()).toEqual([])
})

test('a cancelled download keeps its bytes, fetches only the rest, and can be discarded', async () => {
  const { root, standIn, host, hub } = await setUp()
  const repository = await tinyRepository(root)
  standIn.put(repository)
  standIn.faults = { stallAfterBytes: 50_000 }
  const id = await hub.download(model)
  expect(await hub.download(model)).toBe(id)
  await expect(hub.discard('model', 'someone/tiny')).rejects.toMatchObject({ code: 'locked' })
  await expect.poll(async () => (await hub.unfinished())[0]?.presentBytes ?? 0).toBeGreaterThan(50_000)
  host.jobs.cancel(id)
  expect(await ended(host, id)).toMatchObject({ state: 'cancelled' })
  const { presentBytes } = await hub.repository(model)
  expect(presentBytes).toBeGreaterThan(50_000)
  standIn.faults = {}
  standIn.seen.length = 0
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
  expect(standIn.seen.some(({ range }) => range === 'bytes=50000-')).toBe(true)
})

test('what a discarded download left is gone', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root))
  standIn.faults = { cut: { afterBytes: 0, answers: 1_000 } }
  await ended(host, await hub.download(model))
  await hub.discard('model', 'someone/tiny')
  expect(await hub.unfinished()).toEqual([])
  expect(existsSync(join(host.dataDir, 'hub/model--someone--tiny'))).toBe(false)
})

test('content with a wrong checksum is fetched again once, and refused the second time', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root))
  standIn.faults = { corrupt: { answers: 1 } }
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
  standIn.put(await tinyRepository(root, { id: 'someone/other' }))
  standIn.faults = { corrupt: { answers: 100 } }
  const record = await ended(host, await hub.download({ kind: 'model', id: 'someone/other' }))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'bad-file' } })
  await expect(host.models.reference('hub:someone/other')).rejects.toMatchObject({ code: 'not-found' })
})

test('a gated repository asks for a token, which goes to the hub alone', async () => {
  const { root, standIn, host, hub } = await setUp()
  standIn.put(await tinyRepository(root, { gated: 'manual' }))
  const closed = await hub.repository(model)
  expect(closed).toMatchObject({
    gated: 'manual',
    problem: { code: 'forbidden', message: expect.stringContaining('is gated') },
  })
  await expect(hub.download(model)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(host.hubAccount.setToken('hf_wrong')).rejects.toMatchObject({ code: 'forbidden' })
  expect((await host.hubAccount.status()).from).not.toBe('stored')
  expect(await host.hubAccount.setToken('hf_standin')).toBe('tester')
  expect(await host.hubAccount.status()).toMatchObject({ from: 'stored', keptIn: 'private-file' })
  expect((await stat(join(host.dataDir, 'secrets.json'))).mode & 0o077).toBe(0)
  standIn.seen.length = 0
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
  const fromCdn = standIn.seen.filter(({ path }) => path.startsWith('/cdn'))
  expect(fromCdn.length).toBeGreaterThan(0)
  expect(fromCdn.every(({ authorization }) => authorization === undefined)).toBe(true)
  await host.hubAccount.deleteToken()
  expect((await host.hubAccount.status()).from).not.toBe('stored')
})

test('repositories that could not be used are refused before their weights are fetched', async () => {
  const { root, standIn, hub } = await setUp()
  const { files } = await tinyRepository(root)
  const { 'model.safetensors': _, ...pickled } = files
  const { 'tokenizer.json': __, ...mute } = files
  const strange = { ...files, 'config.json': Buffer.from('{"model_type":"mamba"}') }
  const cases = [
    [pickled, 'unsupported', /Python pickle/],
    [{ 'config.json': files['config.json']!, 'm-Q4.gguf': Buffer.alloc(10) }, 'unsupported', /GGUF/],
    [{ 'adapter_config.json': Buffer.from('{}') }, 'not-found', /no model\.safetensors/],
    [mute, 'not-found', /no tokenizer\.json/],
    [strange, 'unsupported', /"mamba"/],
  ] as const
  for (const [held, code, message] of cases) {
    standIn.put({ kind: 'model', id: 'a/b', files: held })
    const { problem } = await hub.repository({ kind: 'model', id: 'a/b' })
    expect(problem).toMatchObject({ code, message: expect.stringMatching(message) })
    await expect(hub.download({ kind: 'model', id: 'a/b' })).rejects.toMatchObject({ code })
  }
  expect(standIn.seen.some(({ path }) => path.startsWith('/cdn'))).toBe(false)
})

test('a download that does not fit on the disk is refused before it begins', async () => {
  const { root, standIn, hub } = await setUp()
  standIn.put(await tinyRepository(root, { claims: { 'model.safetensors': 1e15 } }))
  await expect(hub.download(model)).rejects.toMatchObject({
    code: 'disk',
    message: expect.stringMatching(/needs 1000000\.\d GB more/),
  })
  expect(await hub.unfinished()).toEqual([])
})

test('a file that would lie outside the folder is refused', async () => {
  const { standIn, hub } = await setUp()
  standIn.put({ kind: 'dataset', id: 'a/b', files: { '../../evil.jsonl': Buffer.from('{}') } })
  await expect(hub.repository({ kind: 'dataset', id: 'a/b' })).rejects.toMatchObject({ code: 'bad-file' })
})

test('a dataset is laid out for the import, its splits told by names', async () => {
  const { standIn, host, hub } = await setUp()
  const rows = (text: string) => Buffer.from(`{"text":"${text}"}\n`)
  standIn.put({
    kind: 'dataset',
    id: 'someone/poems',
    files: {
      'README.md': Buffer.from('# Poems'),
      'dataset_infos.json': Buffer.from('{}'),
      'load.py': Buffer.from('x'),
      'data/train/0000.jsonl': rows('a'),
      'data/train/0001.jsonl': rows('b'),
      'data/validation.jsonl': rows('c'),
    },
  })
  const dataset = { kind: 'dataset', id: 'datasets/someone/poems' } as const
  const record = await ended(host, await hub.download(dataset))
  expect(record).toMatchObject({ state: 'done', result: { kind: 'dataset', name: 'poems' } })
  const { path } = record.result as { path: string }
  expect((await readdir(path)).sort()).toEqual([
    'train-data-0000.jsonl',
    'train-data-0001.jsonl',
    'validation.jsonl',
  ])
  const one = await ended(host, await hub.download({ ...dataset, paths: ['data/train/0001.jsonl'] }))
  expect(await readFile((one.result as { path: string }).path, 'utf8')).toBe('{"text":"b"}\n')
})

test('a newer commit takes the place of the old one, and keeps what is the same', async () => {
  const { root, standIn, host, hub } = await setUp()
  const repository = await tinyRepository(root)
  standIn.put(repository)
  await ended(host, await hub.download(model))
  const readme = Buffer.from('---\nlicense: mit\n---\n')
  standIn.put({
    ...repository,
    revision: 'f'.repeat(40),
    files: { ...repository.files, 'README.md': readme },
  })
  expect(await ended(host, await hub.download(model))).toMatchObject({ state: 'done' })
  expect(await host.models.get('hub:someone/tiny')).toMatchObject({
    problem: null,
    origin: { revision: 'f'.repeat(40) },
    facts: { licence: 'mit' },
  })
  expect(await readdir(join(host.dataDir, 'models'))).toEqual(['someone--tiny'])
})

test('names, hubs and networks that are not there are told in words', async () => {
  const { standIn, host, hub } = await setUp()
  for (const id of ['', 'a b/c', '../x', 'a/b/c', 'datasets/a/b'])
    await expect(hub.repository({ kind: 'model', id })).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(hub.repository({ kind: 'model', id: 'no/such' })).rejects.toMatchObject({ code: 'forbidden' })
  await standIn.close().catch(() => {})
  standIn.close = async () => {}
  await expect(hub.repository(model)).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('nothing answers'),
  })
  await expect(host.settings.change({ hubEndpoint: 'ftp://x' })).rejects.toThrow()
})
