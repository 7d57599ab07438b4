/** Checks find what was put in, fixes take exactly that away; lengths and previews are the engine's own. */
import { expect, test } from 'vitest'
import { toExamples } from '../../../../engine/data/examples/to-examples.ts'
import { readDataset } from '../../../../engine/data/read/read-dataset.ts'
import { loadTokenizer } from '../../../../engine/data/tokenizer/load-tokenizer.ts'
import type { CheckReport, IssueKind } from '../../../contract/datasets/checks.ts'
import type { SplitRule } from '../../../contract/datasets/mapping.ts'
import type { Edited } from '../../../contract/datasets/sheet.ts'
import { openStudio, type Studio } from '../testing/studio.ts'

const modelId = 'builtin:studio-tiny'
const tokens = { modelId, learn: null, chat: null }

async function check(studio: Studio, sheetId: string, length?: number): Promise<CheckReport> {
  const wanted = length === undefined ? null : { ...tokens, length }
  return studio.result(await studio.client.datasets.check({ sheetId, tokens: wanted }))
}

const found = (report: CheckReport | null) =>
  Object.fromEntries((report?.issues ?? []).map(({ kind, rows }) => [kind, rows]))

async function shown(studio: Studio, sheetId: string, issue: IssueKind): Promise<number[]> {
  const spec = { issue }
  const { viewId } = await studio.client.datasets.view({ sheetId, spec })
  const { rows } = await studio.client.datasets.rows({ sheetId, viewId, offset: 0, limit: 100 })
  return rows.map(({ id }) => id)
}

const row = (prompt: string, completion: unknown, split: string, note = '') => ({
  prompt,
  completion,
  split,
  note,
})

/** Rows 1 … 15, most with a fault. */
const rows = [
  row('one', '1', 'a'),
  row('two', '2', 'a'),
  row('one', '1', 'a', 'duplicate of row 1, other columns do not count'),
  row('three', ' \n', 'a', 'empty'),
  row('', 'x', 'a', 'empty'),
  row('four', 4, 'a', 'unfit'),
  row('five', 'word '.repeat(200), 'a', 'too long'),
  row('two', '2', 'b', 'in both'),
  row('six', '6', 'b'),
  row('six', '6', 'b', 'duplicate of row 9'),
  row('one', '1', 'b', 'in both'),
  row('seven', null, 'b', 'unfit'),
  row('eight', '8', 'a'),
  row('eight', 'ate', 'a', 'contradicts row 13'),
  row('two', '2', 'a', 'duplicate of row 2, and no contradiction'),
]

async function faulty(studio: Studio): Promise<string> {
  const path = studio.file('rows.jsonl', rows.map((line) => JSON.stringify(line)).join('\n'))
  const mapping = {
    format: 'prompt-completion',
    columns: { prompt: 'prompt', completion: 'completion' },
  } as const
  const split: SplitRule = { by: 'column', column: 'split', validation: ['b'] }
  return (await studio.import(path, { mapping, split })).datasetId
}

test('every fault is found, shown, and fixed with one undoable click', async () => {
  const studio = await openStudio()
  const id = await faulty(studio)
  const report = await check(studio, id, 64)
  expect(found(report)).toEqual({
    unfit: 2,
    empty: 2,
    duplicate: 3,
    contradictory: 1,
    'both-splits': 2,
    'too-long': 1,
  })
  expect(report).toMatchObject({ stale: false, rows: 15 })
  expect(await shown(studio, id, 'duplicate')).toEqual([3, 10, 15])
  expect(await shown(studio, id, 'contradictory')).toEqual([14])
  expect(await shown(studio, id, 'both-splits')).toEqual([8, 11])
  expect(await shown(studio, id, 'too-long')).toEqual([7])

  const before = await studio.texts(id)
  for (const { kind, fixes } of report.issues) {
    const { revision } = await studio.sheet(id)
    const edit = { kind: 'fix', issue: kind, fix: fixes[0]!.fix } as const
    await studio.result<Edited>(await studio.client.datasets.editAll({ sheetId: id, revision, edit }))
  }
  expect(await studio.client.datasets.lastCheck({ sheetId: id })).toMatchObject({ stale: true })
  expect(Object.values(found(await studio.client.datasets.lastCheck({ sheetId: id })))).toEqual([
    0, 0, 0, 0, 0, 0,
  ])
  const { rows: left } = await studio.client.datasets.rows({
    sheetId: id,
    viewId: null,
    offset: 0,
    limit: 50,
  })
  expect(left.map((kept) => kept.id)).toEqual([1, 2, 9, 13])
  expect(Object.values(found(await check(studio, id, 64)))).toEqual([0, 0, 0, 0, 0, 0])
  for (const _ of report.issues) await studio.undo(id)
  expect(await studio.texts(id)).toEqual(before)
})

test('a fix leaves rows alone that were edited since the check', async () => {
  const studio = await openStudio()
  const id = await faulty(studio)
  await check(studio, id)
  await studio.edit(id, { kind: 'cells', cells: [{ row: 3, column: 'prompt', text: 'not one' }] })
  expect(found(await studio.client.datasets.lastCheck({ sheetId: id }))).toMatchObject({ duplicate: 2 })
  const { revision } = await studio.sheet(id)
  const fix = { kind: 'fix', issue: 'both-splits', fix: 'delete-from-train' } as const
  const { rows: gone } = await studio.result<Edited>(
    await studio.client.datasets.editAll({ sheetId: id, revision, edit: fix }),
  )
  expect(gone).toBe(2)
  const { rows: left } = await studio.client.datasets.rows({
    sheetId: id,
    viewId: null,
    offset: 0,
    limit: 50,
  })
  expect(left.map((kept) => kept.id)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
})

test('the histogram is what toExamples gives, and only changed rows are counted again', async () => {
  const studio = await openStudio()
  const { dir } = await studio.host.models.reference(modelId)
  const tokenizer = await loadTokenizer(dir)
  const pirate = await studio.client.datasets.get({ datasetId: 'builtin:pirate' })
  const { train, validation } = await studio.host.datasets.reference(pirate.latest.id)
  const options = { asChat: tokenizer.chatTemplate !== null }
  const examples = await Promise.all(
    [train, validation!].map(
      async (path) => toExamples((await readDataset(path)).rows, tokenizer, options).examples,
    ),
  )
  const lengths = examples.flat().map(({ ids }) => ids.length)
  const learned = examples
    .flat()
    .reduce((sum, { labels }) => sum + labels.filter((label) => label !== -100).length, 0)
  const ask = (sheetId: string) => studio.client.datasets.histogram({ sheetId, tokens, length: 40, bins: 20 })
  const exact = await ask('builtin:pirate')
  expect(exact).toMatchObject({ state: 'exact', counted: 1400, rows: 1400, unfitRows: 0, jobId: null })
  expect(exact.max).toBe(Math.max(...lengths))
  expect(exact.p50).toBe(lengths.toSorted((a, b) => a - b)[699])
  expect(exact.tokens).toBe(lengths.reduce((sum, length) => sum + length, 0))
  expect(exact.learnedTokens).toBe(learned)
  expect(exact.truncatedRows).toBe(lengths.filter((length) => length > 40).length)
  for (const { from, to, train: inTrain } of exact.bins)
    expect(inTrain).toBe(examples[0]!.filter(({ ids }) => ids.length >= from && ids.length < to).length)

  const copy = await studio.result<{ datasetId: string }>(
    await studio.client.datasets.copy({ versionId: pirate.latest.id, name: 'Mine' }),
  )
  expect(await ask(copy.datasetId)).toEqual(exact)
  await studio.edit(copy.datasetId, {
    kind: 'cells',
    cells: [{ row: 1, column: 'completion', text: 'x'.repeat(500) }],
  })
  const after = await ask(copy.datasetId)
  expect(after.max).toBeGreaterThan(exact.max)
  await studio.undo(copy.datasetId)
  expect(await ask(copy.datasetId)).toEqual(exact)
})

test('of many rows a sample comes at once, and the exact figures when the job has ended', async () => {
  const studio = await openStudio()
  const lines = Array.from({ length: 4_000 }, (_, i) =>
    JSON.stringify({ prompt: `p ${i % 7}`, completion: 'c '.repeat(i % 50) }),
  )
  const { datasetId } = await studio.import(studio.file('many.jsonl', lines.join('\n')))
  const ask = () => studio.client.datasets.histogram({ sheetId: datasetId, tokens, length: 30, bins: 20 })
  const sampled = await ask()
  expect(sampled).toMatchObject({ state: 'sampled', counted: 0, jobId: expect.any(String) })
  expect((await ask()).jobId).toBe(sampled.jobId)
  expect(await studio.ended(sampled.jobId!)).toMatchObject({ state: 'done' })
  const exact = await ask()
  expect(exact).toMatchObject({ state: 'exact', counted: 4_000 })
  expect(Math.abs(sampled.tokens - exact.tokens) / exact.tokens).toBeLessThan(0.1)
  await studio.restart()
  expect(await ask()).toEqual(exact)
})

test('the preview of a row: its text, its tokens, what is learned, what is cut; or why there is none', async () => {
  const studio = await openStudio()
  const id = await faulty(studio)
  const preview = (number: number) =>
    studio.client.datasets.preview({ sheetId: id, row: number, tokens, length: 8 })
  const shownRow = await preview(1)
  if (shownRow.state !== 'ready') throw new Error(shownRow.reason)
  expect(shownRow.text).toContain('one')
  expect(shownRow.tokens.map(({ text }) => text).join('')).toBe(shownRow.text)
  expect(shownRow.learnedTokens).toBeGreaterThan(0)
  expect(shownRow.tokens.some(({ special }) => special)).toBe(true)
  expect(await preview(6)).toEqual({ state: 'unfit', reason: '"completion" is not text' })
  const long = await preview(7)
  expect(long).toMatchObject({ state: 'ready' })
  if (long.state === 'ready') expect(long.truncatedTokens).toBe(long.total - 8)
  await expect(
    studio.client.datasets.preview({ sheetId: id, row: 1, tokens: { modelId: 'nope' }, length: 8 }),
  ).rejects.toMatchObject({ data: { code: 'not-found' } })
})
