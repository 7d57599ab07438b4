/**
 * Datasets at full size: import, open, scroll, sort, search, edit, save of 1 000 000 rows through the host's services.
 *
 *   node bench/datasets.ts [--json] [--rows N] [--keep DIR]
 *
 * --json  the last line of standard output is the whole report as one JSON document
 * --keep  uses this folder (and leaves it), so that a second run skips the import
 */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ViewSpec } from '../electron/contract/datasets/view.ts'
import { openHost } from '../electron/host/host.ts'
import type { JobContext } from '../electron/host/jobs.ts'
import { createRandom } from '../engine/data/random.ts'

const flags = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    keep: { type: 'string' },
  },
}).values
const rows = Number(flags.rows)
const blocks = 500
const blockRows = 100

const folder = flags.keep ?? (await mkdtemp(join(tmpdir(), 'datasets-bench-')))
const source = join(folder, 'rows.jsonl')
const figures: Record<string, number> = {}

/** Rows of about 250 bytes: a question, an answer of a few sentences, and where it is from. */
async function writeRows(): Promise<void> {
  const words =
    'the model learns a small part of its weights while everything else stays as it was before'.split(' ')
  const random = createRandom(7)
  const text = (count: number) =>
    Array.from({ length: count }, () => words[random.below(words.length)]).join(' ')
  const stream = createWriteStream(source)
  for (let i = 0; i < rows; i++) {
    const row = {
      prompt: `Question ${random.below(rows)}: ${text(10)}?`,
      completion: `${text(24)}.`,
      source: `part-${i % 40}`,
      score: random.below(1_000),
    }
    if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
}

let peakRss = 0
const watch = setInterval(() => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss())
}, 20)

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  figures[name] = Math.round((performance.now() - startedAt) * 10) / 10
  if (!flags.json) console.log(`${name.padEnd(28)} ${figures[name]} ms`)
  return result
}

/** Times one by one, and their quantiles. */
async function many(name: string, count: number, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  for (const share of [0.5, 0.99, 1]) {
    const key = `${name}P${share * 100}Ms`
    figures[key] = Math.round(times[Math.ceil(share * count) - 1]! * 100) / 100
    if (!flags.json) console.log(`${key.padEnd(28)} ${figures[key]} ms`)
  }
}

const work: JobContext = { signal: new AbortController().signal, progress: () => {} }
if ((await stat(source).catch(() => null)) === null) await writeRows()
figures.sourceBytes = (await stat(source)).size

let host = await openHost({ shell: 'headless', dataDir: folder })
let known = host.store.datasets.list().find(({ kind }) => kind === 'imported')?.id
if (known === undefined) {
  const file = { kind: 'file', path: source } as const
  const found = await timed('detectMs', () => host.datasets.imports.detect({ source: file }, {}))
  figures.rssBeforeImport = process.memoryUsage.rss()
  peakRss = 0
  const { mapping } = found.mappings[0]!
  const result = await timed('importMs', () =>
    host.datasets.imports.import({ source: file, name: 'Bench', reading: found.reading, mapping }, work),
  )
  figures.importPeakRss = peakRss
  known = result.datasetId
}
const sheetId = known
await host.close()

host = await openHost({ shell: 'headless', dataDir: folder })
const { calls, sheets, inspections } = host.datasets
await timed('openMs', async () => {
  await calls.open(sheetId)
  await (await sheets.handle(sheetId)).owner.call('block', { viewId: null, offset: 0, limit: blockRows })
})
const random = createRandom(3)
const block = async (viewId: string | null, limit = blockRows) =>
  (await sheets.handle(sheetId)).owner.call('block', { viewId, offset: random.below(rows - limit), limit })
await many('block', blocks, () => block(null))

const all: ViewSpec = { sort: [], filters: [], search: null, split: null, issue: null, unsaved: false }
const text = (search: string) => ({
  text: search,
  matchCase: false,
  wholeWord: false,
  regex: false,
  columns: null,
})
const sorted = await timed('sortTextMs', () =>
  calls.view(sheetId, { ...all, sort: [{ column: 'prompt', direction: 'ascending' }] }, {}),
)
await many('sortedBlock', blocks, () => block(sorted.viewId))
await timed('sortNumberMs', () =>
  calls.view(sheetId, { ...all, sort: [{ column: 'score', direction: 'descending' }] }, {}),
)
await timed('searchMs', () => calls.view(sheetId, { ...all, search: text('question 77') }, {}))
const busy = calls.view(sheetId, { ...all, search: text('not there at all') }, {})
await many('blockWhileSearching', 100, () => block(null))
await busy

const revision = async () => {
  const opened = await calls.open(sheetId)
  return opened.state === 'ready' ? opened.sheet.revision : 0
}
await many('editCell', 50, async () => {
  const row = 1 + random.below(rows)
  const cells = [{ row, column: 'completion', text: `Changed ${row}` }]
  await calls.edit(sheetId, await revision(), [{ kind: 'cells', cells }])
})
await many('insertRow', 20, async () => {
  const below = 1 + random.below(rows)
  await calls.edit(sheetId, await revision(), [
    { kind: 'insert', below, rows: [{ prompt: 'New', completion: 'row' }] },
  ])
})
await many('undo', 20, async () => calls.undo(sheetId, await revision()))
const rule = { by: 'fraction', fraction: 0.1, seed: 1 } as const
await timed('splitMs', async () => calls.editAll(sheetId, await revision(), { kind: 'split', rule }, work))
await timed('replaceMs', async () =>
  calls.editAll(
    sheetId,
    await revision(),
    { kind: 'replace', search: text('weights'), replacement: 'parameters', rows: null },
    work,
  ),
)
await timed('undoReplaceMs', async () => calls.undo(sheetId, await revision()))
await timed('checkMs', () => inspections.check(sheetId, null, work))
await timed('saveMs', async () => calls.save(sheetId, await revision(), '', work))
const versions = host.store.datasets.versions(sheetId)
await timed('diffMs', async () => {
  const diff = await host.datasets.diffs.diff(versions.at(-2)!.id, versions.at(-1)!.id)
  if (diff.state === 'preparing') for await (const job of host.jobs.watch(diff.jobId, undefined)) void job
})
const tokens = { modelId: 'builtin:studio-tiny', learn: null, chat: null }
const first = await timed('histogramSampleMs', () => inspections.histogram(sheetId, tokens, 256, 40))
await timed('countAllTokensMs', async () => {
  if (first.jobId !== null) for await (const job of host.jobs.watch(first.jobId, undefined)) void job
})
await timed('histogramExactMs', () => inspections.histogram(sheetId, tokens, 256, 40))
await host.close()
figures.peakRss = peakRss
clearInterval(watch)
if (flags.keep === undefined) await rm(folder, { recursive: true })

const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version }
if (flags.json) console.log(JSON.stringify({ machine, rows, figures }))
