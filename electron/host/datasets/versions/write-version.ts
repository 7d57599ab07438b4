/** Writes the rows of a sheet, mapped, as the files of a version: a consistent picture, even while the sheet is edited. */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { formats } from '../../../../engine/data/examples/formats.ts'
import { mapRow } from '../../../../engine/data/examples/mapping.ts'
import type { DatasetFormat } from '../../../../engine/data/examples/source.ts'
import { printJson } from '../../../../engine/data/json.ts'
import { diskError, StudioError } from '../../../../engine/errors.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'
import { contentHash } from './content-hash.ts'

export interface WrittenVersion {
  readonly contentHash: string
  readonly rows: number
  readonly validationRows: number
  readonly bytes: number
  readonly format: DatasetFormat
  readonly columns: string[]
  /** Step and revision of the sheet that were written. */
  readonly step: number
  readonly revision: number
  /** Row ids in the dataset's order, negative for validation rows. */
  readonly ids: Int32Array
}

export const trainFile = 'train.jsonl'
export const validationFile = 'validation.jsonl'

/**
 * @param folder is created; holds train.jsonl and, where there are validation rows, validation.jsonl
 * @throws StudioError `bad-data` when no row is left to train on, `disk`, `cancelled`
 */
export function writeVersion(database: Database, folder: string, task: Task): WrittenVersion {
  // Within one transaction all reads see the same rows.
  database.exec('BEGIN')
  try {
    return write(database, folder, task)
  } finally {
    database.exec('COMMIT')
  }
}

function write(database: Database, folder: string, task: Task): WrittenVersion {
  const meta = new MetaTable(database)
  const mapping = meta.get('mapping')
  const total = database.prepare<[], number>('SELECT count(*) FROM rows').pluck().get() ?? 0
  const ids = new Int32Array(total)
  const seen = new Set<string>()
  const files = [new VersionFile(folder, trainFile), new VersionFile(folder, validationFile)] as const
  let done = 0
  try {
    const rows = database.prepare<[], { id: number; split: number; data: string }>(
      'SELECT id, split, data FROM rows ORDER BY position',
    )
    for (const { id, split, data } of rows.iterate()) {
      if (done % 1_000 === 0) {
        task.check()
        task.progress({ done, total, unit: 'rows', note: 'Writing the version' })
      }
      const row = mapRow(fieldsOf(data), mapping)
      for (const name of Object.keys(row)) seen.add(name)
      files[split === 0 ? 0 : 1].add(printJson(row))
      ids[done++] = split === 0 ? id : -id
    }
  } finally {
    for (const file of files) file.close()
  }
  const [train, validation] = files
  if (train.lines === 0)
    throw new StudioError(
      'bad-data',
      'There is no training row: a version needs at least one.',
      'Add rows, or move some from validation to training.',
    )
  return {
    contentHash: contentHash(train.digest(), validation.digest()),
    rows: train.lines,
    validationRows: validation.lines,
    bytes: train.bytes + validation.bytes,
    format: mapping.format,
    columns: inOrder(seen, mapping.format),
    step: meta.get('head'),
    revision: meta.get('revision'),
    ids,
  }
}

/** The format's fields first, then the others by name: as they stand in the rows. */
function inOrder(names: ReadonlySet<string>, format: DatasetFormat): string[] {
  const fields = formats[format].fields.map(({ name }) => name).filter((name) => names.has(name))
  return [...fields, ...[...names].filter((name) => !fields.includes(name)).sort()]
}

const bufferedBytes = 1 << 20

/** A file of lines, made with its first line. */
class VersionFile {
  lines = 0
  bytes = 0
  readonly #path: string
  readonly #hash: Hash = createHash('sha256')
  #file: number | null = null
  #waiting = ''

  constructor(folder: string, name: string) {
    this.#path = join(folder, name)
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw diskError('create', folder, error)
    }
  }

  add(line: string): void {
    this.lines += 1
    this.#waiting += `${line}\n`
    if (this.#waiting.length > bufferedBytes) this.#flush()
  }

  digest(): string {
    return this.#hash.digest('hex')
  }

  /** Makes sure that everything is on the disk. */
  close(): void {
    this.#flush()
    if (this.#file === null) return
    const file = this.#file
    this.#file = null
    this.#onDisk(() => {
      fsyncSync(file)
      closeSync(file)
    })
  }

  #flush(): void {
    if (this.#waiting === '') return
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#hash.update(bytes)
    this.bytes += bytes.length
    this.#onDisk(() => {
      this.#file ??= openSync(this.#path, 'wx')
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    })
  }

  #onDisk(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw diskError('write', this.#path, error)
    }
  }
}
