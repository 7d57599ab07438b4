import { cp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openModelFolder } from '../../../engine/files/model-folder.ts'
import { writeTinyModel } from '../../../engine/testing/tiny-model.ts'
import { openStore } from '../../store/open-store.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { queuedRun } from '../../store/testing/records.ts'
import { findModel } from '../built-in.ts'
import { openChanges } from '../changes.ts'
import { ModelsService } from './models-service.ts'

async function setUp(root = temporaryFolder()) {
  const store = openStore(join(root, 'data'))
  onTestFinished(() => store.close())
  const models = new ModelsService(store, openChanges())
  const tiny = await writeTinyModel(join(root, 'tiny'))
  return { root, store, models, tiny }
}

async function editConfig(dir: string, changes: Record<string, unknown>): Promise<void> {
  const path = join(dir, 'config.json')
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }))
}

test('the built-in model is there with its facts', async () => {
  const { models } = await setUp()
  const [card] = await models.list()
  expect(card).toMatchObject({
    id: 'builtin:studio-tiny',
    source: 'built-in',
    problem: null,
    runs: 0,
    lastUsedAt: null,
    facts: {
      family: 'LLaMA',
      architecture: 'LlamaForCausalLM',
      parameters: 2_656_704,
      layers: 6,
      width: 192,
      heads: 6,
      contextLength: 512,
      vocabulary: 1536,
      dtypes: [{ dtype: 'F32', parameters: 2_656_704 }],
      weightBytes: 4 * 2_656_704,
      tokenizer: { kind: 'BPE', tokens: 1536 },
      chatTemplate: true,
    },
  })
  expect(await models.reference('builtin:studio-tiny')).toEqual(findModel('builtin'))
})

test('a folder is looked at, added under a name, and found again after a restart', async () => {
  const { root, store, models, tiny } = await setUp()
  expect(await models.inspect(tiny)).toMatchObject({ name: 'tiny', problems: [], known: null })
  const card = await models.add(tiny, 'My tiny model')
  expect(card).toMatchObject({ id: tiny, name: 'My tiny model', source: 'local', problem: null })
  expect(await models.inspect(tiny)).toMatchObject({ known: tiny })
  await expect(models.add(`${tiny}/`)).rejects.toMatchObject({ code: 'exists' })
  store.close()
  const again = await setUp(root)
  expect(await again.models.get(tiny)).toEqual(card)
  expect(await again.models.reference(tiny)).toMatchObject({ dir: tiny, baseName: tiny, source: 'local' })
})

test('a folder that cannot be used is refused with the reason, and nothing is kept of it', async () => {
  const { models, tiny } = await setUp()
  await rm(join(tiny, 'tokenizer.json'))
  await editConfig(tiny, { intermediate_size: 65 })
  const { facts, problems } = await models.inspect(tiny)
  expect(facts).toMatchObject({ layers: 2, tokenizer: null })
  expect(problems.map(({ code }) => code)).toEqual(['bad-model', 'not-found'])
  await expect(models.add(tiny)).rejects.toMatchObject(problems[0]!)
  expect(await models.list()).toHaveLength(1)
})

test('paths are full, or start at the home folder', async () => {
  const { models } = await setUp()
  await expect(models.inspect('models/tiny')).rejects.toMatchObject({ code: 'bad-argument' })
  expect((await models.inspect('~/no such model')).path).toBe(join(homedir(), 'no such model'))
})

test('a folder that has gone is said to be gone, and is back when it is back', async () => {
  const { models, tiny } = await setUp()
  await models.add(tiny)
  await rename(tiny, `${tiny}-away`)
  const { problem } = await models.get(tiny)
  expect(problem).toMatchObject({ code: 'not-found', message: expect.stringContaining('no longer there') })
  await expect(models.reference(tiny)).rejects.toMatchObject({ code: 'not-found', hint: problem!.hint })
  await rename(`${tiny}-away`, tiny)
  expect((await models.get(tiny)).problem).toBeNull()
})

test('changed files are noticed, named, and can be accepted', async () => {
  const { models, tiny } = await setUp()
  await models.add(tiny)
  await editConfig(tiny, { max_position_embeddings: 256 })
  const { problem } = await models.get(tiny)
  expect(problem).toMatchObject({
    code: 'bad-model',
    message: expect.stringContaining('config.json has changed'),
  })
  await expect(models.reference(tiny)).rejects.toMatchObject({ code: 'bad-model' })
  expect(await models.accept(tiny)).toMatchObject({ problem: null, facts: { contextLength: 256 } })
  await models.reference(tiny)
})

test('a copy with other dates is the same model', async () => {
  const { models, tiny } = await setUp()
  await models.add(tiny)
  await utimes(join(tiny, 'model.safetensors'), 5, 5)
  expect((await models.get(tiny)).problem).toBeNull()
})

test('a damaged folder on the list says what is wrong', async () => {
  const { models, tiny } = await setUp()
  await models.add(tiny)
  await rm(join(tiny, 'tokenizer.json'))
  expect((await models.get(tiny)).problem).toMatchObject({
    message: expect.stringContaining('tokenizer.json'),
  })
})

test('a model that runs use is not removed while they wait, and is forgotten but not lost afterwards', async () => {
  const { store, models, tiny } = await setUp()
  await models.add(tiny, 'Mine')
  const run = queuedRun(store, { modelId: tiny })
  expect(await models.get(tiny)).toMatchObject({ name: 'Mine', runs: 1, lastUsedAt: run.createdAt })
  await expect(models.remove(tiny, 'keep')).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining('A run on Mine is waiting'),
  })
  store.runs.start(run.id)
  store.runs.interrupt(run.id, 'The test ended it.')
  await models.remove(tiny, 'keep')
  expect((await models.list()).map(({ id }) => id)).not.toContain(tiny)
  // The run can still be resumed, and adding the folder again finds the old record.
  await models.reference(tiny)
  expect(await models.add(tiny)).toMatchObject({ runs: 1 })
})

test('only downloads are ever deleted', async () => {
  const { store, models, tiny } = await setUp()
  await models.add(tiny)
  await expect(models.remove(tiny, 'delete')).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(models.remove('builtin:studio-tiny', 'keep')).rejects.toMatchObject({ code: 'bad-argument' })
  const dir = join(store.dataDir, 'models/me--tiny')
  await cp(tiny, dir, { recursive: true })
  const card = await models.addDownload(dir, 'me/tiny', 'abc')
  expect(card).toMatchObject({
    id: 'hub:me/tiny',
    name: 'tiny',
    origin: { repository: 'me/tiny', revision: 'abc' },
  })
  expect(await models.reference(card.id)).toMatchObject({ baseName: 'me/tiny', source: 'hub' })
  await models.remove(card.id, 'delete')
  expect((await models.inspect(dir)).problems).toMatchObject([{ code: 'not-found' }])
  await expect(models.get(card.id)).rejects.toMatchObject({ code: 'not-found' })
})

test('a model that the command line has used gets its facts on the first look', async () => {
  const { store, models, tiny } = await setUp()
  const { hash } = await openModelFolder(tiny)
  store.models.put({
    ...{ id: tiny, name: 'tiny', source: 'local', path: tiny },
    ...{ architecture: 'LlamaForCausalLM', parameters: 1, bytes: 1, fingerprint: hash },
  })
  expect(store.models.get(tiny).details).toBeNull()
  expect((await models.get(tiny)).problem).toBeNull()
  expect((await models.get(tiny)).facts).toMatchObject({ layers: 2 })
})
