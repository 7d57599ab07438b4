/** From a dataset file to tokens: read, mapped, tokenised – or taken from the cache when nothing has changed. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { diskError } from '../../errors.ts'
import { type TokenizedDataset, tokenizedDataset } from '../batches/tokenized-dataset.ts'
import { datasetFormats } from '../examples/source.ts'
import { type ExampleOptions, toExamples } from '../examples/to-examples.ts'
import { type DataSource, type ReadOptions, readDataset } from '../read/read-dataset.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { cacheKey, readCache, writeCache } from './dataset-cache.ts'

const badRow = z.object({ line: z.number().int(), reason: z.string() })

const reportSchema = z.object({
  format: z.enum(datasetFormats),
  /** Good rows, before those without anything to learn are left out. */
  rows: z.number().int(),
  /** The first bad rows with line and reason; badCount counts them all. */
  bad: z.array(badRow),
  badCount: z.number().int(),
  truncated: z.number().int(),
  dropped: z.number().int(),
  shiftedBorders: z.number().int(),
})
export type DatasetReport = z.infer<typeof reportSchema>

export interface OpenedDataset {
  readonly dataset: TokenizedDataset
  readonly report: DatasetReport
  /** Whether the tokens came from the cache. */
  readonly cached: boolean
}

export interface OpenOptions extends ReadOptions {
  readonly examples?: ExampleOptions
}

const describedBadRows = 1000

/** @throws StudioError for files, formats and datasets that cannot be used */
export async function openDataset(
  source: DataSource,
  tokenizer: Tokenizer,
  cacheFolder: string,
  options: OpenOptions = {},
): Promise<OpenedDataset> {
  const { examples: exampleOptions = {}, ...readOptions } = options
  const key = cacheKey(await hashOf(source), sorted(readOptions), sorted(exampleOptions), tokenizer.hash)
  const known = await readCache(cacheFolder, key)
  const report = reportSchema.safeParse(known?.report)
  if (known !== null && report.success) return { dataset: known.dataset, report: report.data, cached: true }

  const read = await readDataset(source, readOptions)
  const { examples, lines: _, bad, ...made } = toExamples(read.rows, tokenizer, exampleOptions)
  const dataset = tokenizedDataset(examples, key)
  const all = [...read.bad, ...bad].sort((a, b) => a.line - b.line)
  const fresh: DatasetReport = {
    ...made,
    rows: read.rows.length - bad.length,
    bad: all.slice(0, describedBadRows).map(({ line, reason }) => ({ line, reason })),
    badCount: read.badCount + bad.length,
  }
  await writeCache(cacheFolder, key, { dataset, report: fresh })
  return { dataset, report: fresh, cached: false }
}

async function hashOf(source: DataSource): Promise<unknown> {
  const digest = createHash('sha256')
  if (typeof source !== 'string') return [digest.update(source.text).digest('hex'), source.format]
  try {
    for await (const chunk of createReadStream(source)) digest.update(chunk as Buffer)
  } catch (error) {
    throw diskError('read the dataset', source, error)
  }
  // The name's ending decides how the bytes are read.
  return [digest.digest('hex'), /\.\w+$/.exec(source)?.[0].toLowerCase() ?? '']
}

function sorted(options: object): [string, unknown][] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
