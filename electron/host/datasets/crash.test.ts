/** The process dies in the middle of an import or a save: the next start shows what was there before, and works. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStudio, type Studio } from './testing/studio.ts'

const script = new URL('./testing/die-in.ts', import.meta.url).pathname

/** Runs the script until it has killed itself. */
async function dies(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (part) => {
    output += String(part)
  })
  const [, signal] = await once(child, 'exit')
  expect([signal, output]).toEqual(['SIGKILL', ''])
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({ prompt: `question ${i}`, completion: 'a'.repeat(200) }),
  ).join('\n')

const imported = async (studio: Studio) =>
  (await studio.client.datasets.list({})).filter(({ kind }) => kind === 'imported')

test.each(['0', '0.4', 'Writing the version'])('in an import, at %s', async (at) => {
  const studio = await openStudio()
  const path = studio.file('rows.jsonl', rows(100_000))
  await studio.host.close()
  await dies(studio.dataDir, 'import', path, at)
  expect(readdirSync(join(studio.dataDir, 'datasets'))).toHaveLength(1)
  await studio.restart()
  expect(readdirSync(join(studio.dataDir, 'datasets'))).toEqual([])
  expect(await imported(studio)).toEqual([])
  const { rows: count } = await studio.import(path)
  expect(count).toBe(100_000)
})

test.each(['0', '0.3'])(
  'in a save, at %s of it: the edits are there, and the version whole or not at all',
  async (at) => {
    const studio = await openStudio()
    const { datasetId } = await studio.import(studio.file('rows.jsonl', rows(100_000)))
    await studio.host.close()
    await dies(studio.dataDir, 'save', datasetId, at)
    await studio.restart()
    const folders = () => readdirSync(join(studio.dataDir, 'datasets', datasetId, 'versions'))
    const versions = await studio.client.datasets.versions({ datasetId })
    expect(folders()).toEqual(versions.map(({ number }) => String(number)).reverse())
    const sheet = await studio.sheet(datasetId)
    // The signal comes from outside, so a quick disk may have ended the save before.
    const savedAs = versions.length === 1 ? null : { number: 2 }
    expect(sheet).toMatchObject({ rows: 100_000, savedAs, undo: { label: 'Edit 1 cell' } })
    const { cells } = await studio.client.datasets.row({ sheetId: datasetId, row: 1 })
    expect(cells[0]!.text).toBe('edited before the save')
    const { revision } = sheet
    const saved = await studio.client.datasets.save({ sheetId: datasetId, revision })
    expect(await studio.result(saved)).toMatchObject({
      created: versions.length === 1,
      version: { number: 2 },
    })
    expect(folders()).toEqual(['1', '2'])
  },
)

test('between the files of a version and its entry in the store', async () => {
  const studio = await openStudio()
  const { datasetId } = await studio.import(studio.file('rows.jsonl', rows(10)))
  await studio.edit(datasetId, { kind: 'delete', rows: { ids: [1] } })
  // The sheet knows version 2 and its folder is there, but the store was not reached.
  const { owner } = await studio.host.datasets.sheets.handle(datasetId)
  const { revision } = await studio.sheet(datasetId)
  const folder = join(studio.dataDir, 'datasets', datasetId, 'versions/2')
  mkdirSync(folder)
  writeFileSync(join(folder, 'train.jsonl'), '{"prompt":"half","completion":"written"}\n')
  await owner.call('saved', { number: 2, step: 1, revision, ids: Int32Array.from([2]) })
  expect((await studio.sheet(datasetId)).savedAs).toMatchObject({ number: 2 })
  await studio.restart()
  expect(existsSync(folder)).toBe(false)
  expect(await studio.sheet(datasetId)).toMatchObject({ savedAs: null, rows: 9 })
})
