/** Tokenises all rows of a sheet whose length is not known yet. */
import type { Database } from 'better-sqlite3'
import { ignored } from '../../../../engine/data/batches/tokenized-dataset.ts'
import { mapRow } from '../../../../engine/data/examples/mapping.ts'
import { exampleOf } from '../../../../engine/data/examples/to-examples.ts'
import type { Tokenizer } from '../../../../engine/data/tokenizer/tokenizer.ts'
import type { Tokens } from '../../../contract/datasets/checks.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'
import { LengthsFile } from './lengths-file.ts'

export type Choice = Pick<Tokens, 'learn' | 'chat'>

/** Options of the engine for a choice: what a run would use. */
export function exampleOptions(tokenizer: Tokenizer, { learn, chat }: Choice) {
  return { asChat: chat ?? tokenizer.chatTemplate !== null, ...(learn === null ? {} : { learn }) }
}

/** Length and learned tokens of one row; null where it gives no example. */
export function lengthCounter(database: Database, tokenizer: Tokenizer, choice: Choice) {
  const mapping = new MetaTable(database).get('mapping')
  const options = exampleOptions(tokenizer, choice)
  return (data: string) => {
    const made = exampleOf(mapRow(fieldsOf(data), mapping), mapping.format, tokenizer, options)
    if (typeof made === 'string') return null
    const { ids, labels } = made.example
    let learned = 0
    for (const label of labels) if (label !== ignored) learned += 1
    return { tokens: ids.length, learned }
  }
}

/** Counted work is kept so often, so that a cancelled count goes on where it was. */
const writeEveryMs = 15_000

/** The lengths of the rows as they are now, with all that was known taken over. */
export function currentLengths(database: Database, path: string): LengthsFile {
  const old = LengthsFile.read(path) ?? undefined
  const largest = database.prepare<[], number | null>('SELECT max(id) FROM rows').pluck().get() ?? 0
  const lengths = new LengthsFile(new MetaTable(database).get('revision'), largest, old)
  if (old !== undefined) {
    const changed = database.prepare<[number], number>('SELECT id FROM rows WHERE revision > ?').pluck()
    for (const id of changed.iterate(old.revision)) lengths.forget(id)
  }
  return lengths
}

/** @throws StudioError `cancelled`; what was counted until then is kept */
export function countLengths(
  database: Database,
  path: string,
  tokenizer: Tokenizer,
  choice: Choice,
  task: Task,
): LengthsFile {
  const lengths = currentLengths(database, path)
  const count = lengthCounter(database, tokenizer, choice)
  const total = database.prepare<[], number>('SELECT count(*) FROM rows').pluck().get() ?? 0
  const rows = database.prepare<[], [number, string]>('SELECT id, data FROM rows ORDER BY id').raw()
  let done = 0
  let writtenAt = Date.now()
  try {
    for (const [id, data] of rows.iterate()) {
      if (done++ % 100 === 0) {
        task.check()
        task.progress({ done, total, unit: 'rows', note: 'Counting tokens' })
        if (Date.now() - writtenAt > writeEveryMs) {
          lengths.write(path)
          writtenAt = Date.now()
        }
      }
      if (!lengths.knows(id, 0)) lengths.set(id, count(data))
    }
  } finally {
    lengths.write(path)
  }
  return lengths
}
