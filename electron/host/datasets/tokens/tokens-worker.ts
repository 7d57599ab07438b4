/** The thread that makes tokens: a row as the model sees it, and the lengths of all rows. Tokenizers stay loaded in it. */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { Mapping } from '../../../../engine/data/examples/mapping.ts'
import { createRandom } from '../../../../engine/data/random.ts'
import { loadTokenizer } from '../../../../engine/data/tokenizer/load-tokenizer.ts'
import type { Tokenizer } from '../../../../engine/data/tokenizer/tokenizer.ts'
import type { Histogram, Preview } from '../../../contract/datasets/checks.ts'
import { withSqlErrors } from '../../../store/sql.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { MetaTable, openWorkingFile } from '../sheet/working-file.ts'
import { type Handlers, serve, type Task } from '../threads/serve.ts'
import { type Choice, countLengths, currentLengths, lengthCounter } from './count-lengths.ts'
import { histogramOf } from './histogram.ts'
import type { LengthsFile } from './lengths-file.ts'
import { previewRow, rowOfSource, type SourceRow } from './preview-row.ts'

/** What tokens are made of: a sheet's file, and a tokenizer's folder. */
export interface TokensOf {
  readonly path: string
  readonly tokenizer: string
  readonly choice: Choice
}

/** So many rows are counted at once; of more, a sample first. */
const countedAtOnce = 1_500
const sampleRows = 1_000

interface SourcePreview {
  readonly tokenizer: string
  readonly choice: Choice
  readonly mapping: Mapping
  readonly length: number
}

const handlers = {
  async preview({
    path,
    tokenizer,
    choice,
    row,
    length,
  }: TokensOf & { row: number; length: number }): Promise<Preview> {
    const loaded = await tokenizerIn(tokenizer)
    return reading(path, (database): Preview => {
      const data = database.prepare<[number], string>('SELECT data FROM rows WHERE id = ?').pluck().get(row)
      if (data === undefined) return { state: 'unfit', reason: 'the row is not there any more' }
      return previewRow(fieldsOf(data), new MetaTable(database).get('mapping'), loaded, choice, length)
    })
  },

  /** A row of a source that is not imported yet. */
  async previewSource(
    { tokenizer, choice, mapping, length, ...place }: SourceRow & SourcePreview,
    task: Task,
  ): Promise<Preview> {
    const [loaded, fields] = await Promise.all([tokenizerIn(tokenizer), rowOfSource(place, task)])
    if (fields === null) return { state: 'unfit', reason: 'there are not so many good rows' }
    return previewRow(fields, mapping, loaded, choice, length)
  },

  async histogram(
    { path, tokenizer, choice, length, bins }: TokensOf & { length: number; bins: number },
    task: Task,
  ): Promise<Omit<Histogram, 'jobId'>> {
    const loaded = await tokenizerIn(tokenizer)
    return reading(path, (database) => {
      const file = lengthsPath(path, database, loaded, choice)
      const rows = allRows(database)
      let lengths = currentLengths(database, file)
      const unknown = rows.filter(([id]) => !lengths.knows(id, 0))
      if (unknown.length > 0 && unknown.length <= countedAtOnce)
        lengths = countLengths(database, file, loaded, choice, task)
      else if (unknown.length > 0)
        return sampled(database, rows, unknown.length, loaded, choice, length, bins)
      return { state: 'exact', counted: rows.length, ...figuresOf(rows, lengths, length, bins, 1) }
    })
  },

  /** Counts all rows. @returns the file with their lengths */
  async count({ path, tokenizer, choice }: TokensOf, task: Task): Promise<string> {
    const loaded = await tokenizerIn(tokenizer)
    return reading(path, (database) => {
      const file = lengthsPath(path, database, loaded, choice)
      countLengths(database, file, loaded, choice, task)
      return file
    })
  },
} satisfies Handlers

export type TokensHandlers = typeof handlers

serve(handlers)

type IdAndSplit = readonly [id: number, split: number]

function allRows(database: Database): IdAndSplit[] {
  return database.prepare<[], [number, number]>('SELECT id, split FROM rows').raw().all()
}

/** Rows drawn by chance (always the same ones), counted now. */
function sampled(
  database: Database,
  rows: readonly IdAndSplit[],
  unknown: number,
  tokenizer: Tokenizer,
  choice: Choice,
  length: number,
  bins: number,
): Omit<Histogram, 'jobId'> {
  const random = createRandom(1)
  const drawn = Array.from({ length: sampleRows }, () => rows[random.below(rows.length)]!)
  const data = database.prepare<[number], string>('SELECT data FROM rows WHERE id = ?').pluck()
  const count = lengthCounter(database, tokenizer, choice)
  const lengths = new Map(drawn.map(([id]) => [id, count(data.get(id) ?? '{}')]))
  const known = {
    tokens: (id: number) => lengths.get(id)?.tokens ?? 0,
    learned: (id: number) => lengths.get(id)?.learned ?? 0,
    isUnfit: (id: number) => lengths.get(id) === null,
  }
  const scale = rows.length / drawn.length
  return { state: 'sampled', counted: rows.length - unknown, ...figuresOf(drawn, known, length, bins, scale) }
}

function figuresOf(
  rows: readonly IdAndSplit[],
  lengths: Pick<LengthsFile, 'tokens' | 'learned' | 'isUnfit'>,
  length: number,
  bins: number,
  scale: number,
) {
  const fitting = rows.filter(([id]) => !lengths.isUnfit(id))
  const figures = histogramOf(
    {
      tokens: Int32Array.from(fitting, ([id]) => lengths.tokens(id)),
      learned: Int32Array.from(fitting, ([id]) => lengths.learned(id)),
      splits: Uint8Array.from(fitting, ([, split]) => split),
    },
    length,
    bins,
    scale,
  )
  const unfitRows = Math.round((rows.length - fitting.length) * scale)
  return { ...figures, rows: Math.round(rows.length * scale) - unfitRows, unfitRows }
}

/** One file for everything that decides over lengths. */
function lengthsPath(
  path: string,
  database: Database,
  tokenizer: Tokenizer,
  { learn, chat }: Choice,
): string {
  const parts = [tokenizer.hash, new MetaTable(database).get('mapping'), learn, chat]
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  const folder = join(dirname(path), 'lengths')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${key}.bin`)
}

function reading<T>(path: string, work: (database: Database) => T): T {
  return withSqlErrors(path, () => {
    const database = openWorkingFile(path, 'read')
    try {
      return database.transaction(() => work(database))()
    } finally {
      database.close()
    }
  })
}

/** The last few, newest last. */
const tokenizers = new Map<string, Promise<Tokenizer>>()
const keptTokenizers = 2

function tokenizerIn(folder: string): Promise<Tokenizer> {
  const known = tokenizers.get(folder) ?? loadTokenizer(folder)
  tokenizers.delete(folder)
  tokenizers.set(folder, known)
  known.catch(() => tokenizers.delete(folder))
  if (tokenizers.size > keptTokenizers) tokenizers.delete(tokenizers.keys().next().value!)
  return known
}
