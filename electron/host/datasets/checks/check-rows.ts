/** Looks through all rows for what harms a training. */
import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Message } from '../../../../engine/data/chat/render-chat.ts'
import { sourceOf } from '../../../../engine/data/examples/dataset-format.ts'
import { mapRow } from '../../../../engine/data/examples/mapping.ts'
import { RowProblem, type Source } from '../../../../engine/data/examples/source.ts'
import { fieldsOf } from '../sheet/cells.ts'
import { MetaTable } from '../sheet/working-file.ts'
import type { Task } from '../threads/serve.ts'
import { ContentTable } from './content-table.ts'
import type { CheckedRows, FoundRows } from './issues.ts'

/** @param tooLong whether a row is longer than the context; null: not looked for */
export function checkRows(
  database: Database,
  tooLong: ((id: number) => boolean) | null,
  task: Task,
): CheckedRows & { readonly rows: number } {
  const meta = new MetaTable(database)
  const mapping = meta.get('mapping')
  const total = database.prepare<[], number>('SELECT count(*) FROM rows').pluck().get() ?? 0
  const found = {
    unfit: new List(),
    empty: new List(),
    duplicate: new Pairs(),
    contradictory: new Pairs(),
    'both-splits': new Pairs(),
    long: new List(),
  }
  // Training rows first, so that a validation row finds the training row it repeats.
  const seen = [new ContentTable(total), new ContentTable(total)] as const
  const asked = [new ContentTable(total), new ContentTable(total)] as const
  let done = 0
  for (const split of [0, 1] as const) {
    const rows = database
      .prepare<[number], [number, string]>('SELECT id, data FROM rows WHERE split = ? ORDER BY position')
      .raw()
    for (const [id, data] of rows.iterate(split)) {
      if (done++ % 1_000 === 0) {
        task.check()
        task.progress({ done, total, unit: 'rows', note: 'Comparing rows' })
      }
      const source = sourceOrNull(() => sourceOf(mapRow(fieldsOf(data), mapping), mapping.format))
      if (source === null) {
        found.unfit.add(id)
        continue
      }
      if (isEmpty(source)) found.empty.add(id)
      if (tooLong?.(id)) found.long.add(id)
      const digest = digestOf(source)
      const repeated = seen[split].findOrAdd(digest, id)
      if (repeated !== null) found.duplicate.add(id, repeated)
      const question = questionOf(source)
      const first = question === null ? null : asked[split].findOrAdd(digestOf(question), id)
      // The first row with this prompt is also the first with its own content: any other content is another answer.
      if (first !== null && first !== (repeated ?? id)) found.contradictory.add(id, first)
      const trained = split === 1 ? seen[0].find(digest) : null
      if (trained !== null) found['both-splits'].add(id, trained)
    }
  }
  return {
    rows: total,
    revision: meta.get('revision'),
    found: {
      unfit: found.unfit.rows,
      empty: found.empty.rows,
      duplicate: found.duplicate.rows,
      contradictory: found.contradictory.rows,
      'both-splits': found['both-splits'].rows,
      ...(tooLong === null ? {} : { 'too-long': found.long.rows }),
    },
  }
}

function digestOf(content: unknown): Buffer {
  return createHash('md5').update(JSON.stringify(content, bigintAsText)).digest()
}

/** What the model is given before it has to answer; null where nothing of the kind can be told apart. */
function questionOf(source: Source): unknown {
  switch (source.kind) {
    case 'pair':
      return source.prompt.trim() === '' ? null : source.prompt
    case 'chat-pair':
      return [source.prompt, source.tools, source.templateKwargs]
    case 'chat': {
      const answer = source.messages.findIndex(({ role }) => role === 'assistant')
      return answer < 1 ? null : [source.messages.slice(0, answer), source.tools, source.templateKwargs]
    }
    case 'text':
    case 'ids':
      return null
  }
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function sourceOrNull(make: () => Source): Source | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof RowProblem) return null
    throw error
  }
}

/** Nothing to read, or nothing to learn. */
function isEmpty(source: Source): boolean {
  const blank = (text: string) => text.trim() === ''
  switch (source.kind) {
    case 'text':
      return blank(source.text)
    case 'pair':
      return blank(source.prompt) || blank(source.completion)
    case 'chat':
      return source.messages.every((message) => message.role !== 'assistant' || says(message) === false)
    case 'chat-pair':
      return !source.completion.some(says) || !source.prompt.some(says)
    case 'ids':
      return source.ids.length === 0
  }
}

/** A message without text may still call a tool. */
function says({ content, ...fields }: Message): boolean {
  if (fields.tool_calls !== undefined && fields.tool_calls !== null) return true
  return typeof content === 'string' ? content.trim() !== '' : content !== undefined && content !== null
}

class List {
  readonly #ids: number[] = []
  add(id: number): void {
    this.#ids.push(id)
  }
  get rows(): FoundRows {
    return { rows: Int32Array.from(this.#ids), partners: null }
  }
}

class Pairs {
  readonly #ids: number[] = []
  readonly #partners: number[] = []
  add(id: number, partner: number): void {
    this.#ids.push(id)
    this.#partners.push(partner)
  }
  get rows(): FoundRows {
    return { rows: Int32Array.from(this.#ids), partners: Int32Array.from(this.#partners) }
  }
}
