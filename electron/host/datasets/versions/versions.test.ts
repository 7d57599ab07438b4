/** Versions: what training reads is what the grid shows; differences; who uses what; copies and the bin. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectFormat } from '../../../../engine/data/examples/dataset-format.ts'
import { mapRow } from '../../../../engine/data/examples/mapping.ts'
import { readDataset } from '../../../../engine/data/read/read-dataset.ts'
import { createRun } from '../../create-run.ts'
import { openStudio, type Studio } from '../testing/studio.ts'

const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n')

async function save(studio: Studio, sheetId: string): Promise<string> {
  const { revision } = await studio.sheet(sheetId)
  const saved = await studio.result<{ version: { id: string } }>(
    await studio.client.datasets.save({ sheetId, revision }),
  )
  return saved.version.id
}

test('what training reads of a version is what the grid shows', async () => {
  const studio = await openStudio()
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  const rows = fc.sample(
    fc.record(
      {
        q: text,
        a: text,
        extra: fc.oneof(fc.integer(), fc.boolean(), fc.array(text), fc.constant(null), text),
      },
      { requiredKeys: ['q', 'a'] },
    ),
    { numRuns: 60, seed: 5 },
  )
  const mapping = { format: 'prompt-completion', columns: { prompt: 'q', completion: 'a' } } as const
  const { datasetId } = await studio.import(studio.file('r.jsonl', lines(rows)), {
    mapping,
    split: { by: 'fraction', fraction: 0.3, seed: 3 },
  })
  await studio.edit(datasetId, { kind: 'delete', rows: { ids: [4, 9] } })
  await studio.edit(datasetId, { kind: 'move', rows: { ids: [20, 2] }, below: 30 })
  await studio.edit(datasetId, { kind: 'cells', cells: [{ row: 7, column: 'a', text: 'edited "x"\n' }] })
  const versionId = await save(studio, datasetId)

  const { train, validation } = await studio.host.datasets.reference(versionId)
  const { columns } = await studio.sheet(datasetId)
  const shown: Record<string, unknown[]> = { train: [], validation: [] }
  const { rows: all } = await studio.client.datasets.rows({
    sheetId: datasetId,
    viewId: null,
    offset: 0,
    limit: 500,
  })
  for (const { split, cells } of all) {
    const value = (i: number) =>
      cells[i]!.kind === 'text' ? cells[i]!.text : JSON.parse(cells[i]!.text || 'null')
    const fields = columns.map(({ name }, i) => [name, value(i)] as const)
    const there = fields.filter((_, i) => cells[i]!.kind !== 'missing')
    shown[split]!.push(mapRow(Object.fromEntries(there), mapping))
  }
  for (const [split, path] of [
    ['train', train],
    ['validation', validation!],
  ] as const) {
    const read = await readDataset(path)
    expect(read.badCount).toBe(0)
    expect(read.rows.map(({ value }) => value)).toEqual(shown[split])
    expect(detectFormat(read.rows)).toBe('prompt-completion')
  }
  // The version opens as the exact rows, and they cannot be edited.
  const sheet = await studio.sheet(versionId)
  expect(sheet).toMatchObject({
    rows: 58,
    savedAs: { versionId },
    readOnly: expect.stringMatching(/version/),
    undo: null,
  })
  expect((await studio.texts(versionId)).map((cells) => cells.slice(0, 2))).toEqual(
    [...shown.train!, ...shown.validation!].map((row) => {
      const { prompt, completion } = row as Record<string, string>
      return [prompt, completion]
    }),
  )
  await expect(studio.edit(versionId, { kind: 'delete', rows: { ids: [1] } })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
})

test('differences row by row within a dataset, by content between datasets', async () => {
  const studio = await openStudio()
  const rows = Array.from({ length: 10 }, (_, i) => ({ prompt: `p${i}`, completion: `c${i}`, note: 'n' }))
  const { datasetId, versionId: first } = await studio.import(studio.file('r.jsonl', lines(rows)))
  await studio.edit(
    datasetId,
    { kind: 'cells', cells: [{ row: 2, column: 'completion', text: 'changed' }] },
    { kind: 'set-split', rows: { ids: [3] }, split: 'validation' },
    { kind: 'delete', rows: { ids: [5] } },
    { kind: 'insert', below: 7, rows: [{ prompt: 'new', completion: 'row' }] },
  )
  const second = await save(studio, datasetId)
  const diff = { from: first, to: second }
  expect(await studio.client.datasets.diff(diff)).toMatchObject({
    state: 'ready',
    summary: { added: 1, removed: 1, changed: 2, unchanged: 7, reordered: false, matchedBy: 'row' },
  })
  const kinds = ['added', 'removed', 'changed'] as const
  const page = await studio.client.datasets.diffRows({ ...diff, kinds: [...kinds], offset: 0, limit: 10 })
  expect(
    page.rows.map(({ kind, before, after, columns }) => [kind, before?.cells.prompt, after?.split, columns]),
  ).toEqual([
    ['changed', 'p1', 'train', ['completion']],
    ['changed', 'p2', 'validation', []],
    ['removed', 'p4', undefined, []],
    ['added', undefined, 'train', []],
  ])
  expect(
    await studio.client.datasets.diffRows({ ...diff, kinds: ['changed'], offset: 1, limit: 10 }),
  ).toMatchObject({ total: 2, rows: [{ after: { number: 1, cells: { prompt: 'p2' } } }] })

  const other = studio.file(
    'other.jsonl',
    lines([...rows.slice(1), rows[1]!, { prompt: 'x', completion: 'y' }]),
  )
  const { versionId: foreign } = await studio.import(other)
  expect(await studio.client.datasets.diff({ from: first, to: foreign })).toMatchObject({
    summary: { added: 2, removed: 1, changed: 0, unchanged: 9, matchedBy: 'content' },
  })

  await studio.edit(datasetId, { kind: 'move', rows: { ids: [1] }, below: 10 })
  expect(
    await studio.client.datasets.diff({ from: second, to: await save(studio, datasetId) }),
  ).toMatchObject({
    summary: { added: 0, removed: 0, changed: 0, unchanged: 10, reordered: true },
  })

  const { revision } = await studio.sheet(datasetId)
  const edit = { kind: 'restore', versionId: first } as const
  await studio.result(await studio.client.datasets.editAll({ sheetId: datasetId, revision, edit }))
  expect(await save(studio, datasetId)).toBe(first)
  await studio.undo(datasetId)
  expect(await studio.sheet(datasetId)).toMatchObject({ savedAs: { number: 3 } })
})

test('built-in datasets are listed, read-only, and copied with the same content', async () => {
  const studio = await openStudio()
  const list = await studio.client.datasets.list({})
  expect(list.map(({ id, kind }) => [id, kind])).toEqual([
    ['builtin:pirate', 'built-in'],
    ['builtin:facts-json', 'built-in'],
    ['builtin:feelings', 'built-in'],
  ])
  expect(list[0]).toMatchObject({
    name: 'Talk like a pirate',
    latest: { rows: 1200, validationRows: 200 },
    versions: 1,
  })
  const sheet = await studio.sheet('builtin:pirate')
  expect(sheet).toMatchObject({ readOnly: expect.stringMatching(/copy/), rows: 1400, validationRows: 200 })
  await expect(studio.client.datasets.remove({ datasetId: 'builtin:pirate' })).rejects.toThrow(
    /part of the studio/,
  )
  const copy = await studio.result<{ datasetId: string; versionId: string }>(
    await studio.client.datasets.copy({ versionId: 'builtin:pirate@1', name: 'Mine' }),
  )
  const mine = await studio.client.datasets.getVersion({ versionId: copy.versionId })
  expect(mine.contentHash).toBe(list[0]!.latest.contentHash)
  expect(await studio.texts(copy.datasetId)).toEqual(await studio.texts('builtin:pirate'))
  await studio.restart()
  expect(
    (await studio.client.datasets.list({})).map(({ name, versions }) => [name, versions]),
  ).toContainEqual(['Talk like a pirate', 1])
})

test('a dataset that runs use stays; another goes to the bin, comes back, and is deleted for good', async () => {
  const studio = await openStudio()
  const { datasetId, versionId } = await studio.import(
    studio.file('r.jsonl', lines([{ prompt: 'p', completion: 'c' }])),
  )
  const { store, models, datasets } = studio.host
  await models.get('builtin:studio-tiny')
  const { run } = await createRun(store, {
    model: await models.reference('builtin:studio-tiny'),
    data: await datasets.reference(versionId),
    datasetVersionId: versionId,
    method: 'lora',
    choices: {},
    name: 'The run',
  })
  expect(run.datasetVersionId).toBe(versionId)
  await expect(studio.client.datasets.remove({ datasetId })).rejects.toThrow(
    /"The run" was trained on|what "The run"/,
  )
  expect(await studio.client.datasets.getVersion({ versionId })).toMatchObject({
    runs: [{ id: run.id, name: 'The run' }],
  })

  const other = await studio.import(studio.file('o.jsonl', lines([{ text: 'hello' }])))
  const gone = { datasetId: other.datasetId }
  await studio.client.datasets.remove(gone)
  const ids = async (bin: boolean) => (await studio.client.datasets.list({ bin })).map(({ id }) => id)
  expect(await ids(false)).not.toContain(other.datasetId)
  expect(await ids(true)).toEqual([other.datasetId])
  await studio.client.datasets.restore(gone)
  expect(await ids(true)).toEqual([])
  await expect(studio.client.datasets.purge(gone)).rejects.toThrow(/not in the bin/)
  await studio.client.datasets.remove(gone)
  await studio.client.datasets.purge(gone)
  expect(existsSync(join(studio.dataDir, 'datasets', other.datasetId))).toBe(false)
  await expect(studio.client.datasets.get(gone)).rejects.toMatchObject({ data: { code: 'not-found' } })
})

test('files that a run took by their path are listed, and refused once they have changed', async () => {
  const studio = await openStudio()
  const path = studio.file('mine.csv', 'prompt,completion\na,b\nc,d\n')
  const { store, models, datasets } = studio.host
  await models.get('builtin:studio-tiny')
  const { run } = await createRun(store, {
    model: await models.reference('builtin:studio-tiny'),
    data: { id: path, name: 'mine.csv', train: path, validation: null, source: path },
    method: 'lora',
    choices: {},
  })
  const record = await studio.client.datasets.get({ datasetId: path })
  expect(record).toMatchObject({ kind: 'file', latest: { rows: 2, format: 'prompt-completion' }, runs: 1 })
  expect(await studio.texts(run.datasetVersionId)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  expect(await datasets.reference(run.datasetVersionId)).toMatchObject({ train: path, validation: null })
  studio.file('mine.csv', 'prompt,completion\na,changed\n')
  await expect(datasets.reference(run.datasetVersionId)).rejects.toMatchObject({
    message: expect.stringMatching(/has changed since/),
  })
})

test('the file of a version can be taken along', async () => {
  const studio = await openStudio()
  const { versionId } = await studio.import(studio.file('r.jsonl', lines([{ prompt: 'p', completion: 'c' }])))
  const { ticket } = await studio.client.datasets.versionFile({ versionId, split: 'train' })
  let content = ''
  for await (const part of await studio.host.downloads.take(ticket)!.open()) content += String(part)
  const { train } = await studio.host.datasets.reference(versionId)
  expect(content).toBe(readFileSync(train, 'utf8'))
  await expect(studio.client.datasets.versionFile({ versionId, split: 'validation' })).rejects.toThrow(
    /no validation/,
  )
})
