/** A row as the model sees it, of a sheet or of a source that is not imported yet. */
import { type Mapping, mapRow } from '../../../../engine/data/examples/mapping.ts'
import { showExample } from '../../../../engine/data/examples/show-example.ts'
import { streamRows } from '../../../../engine/data/read/read-dataset.ts'
import { isBad } from '../../../../engine/data/read/row.ts'
import type { Tokenizer } from '../../../../engine/data/tokenizer/tokenizer.ts'
import type { Preview } from '../../../contract/datasets/checks.ts'
import type { Reading } from '../../../contract/datasets/source.ts'
import { dataOf, optionsOf } from '../import/detect-source.ts'
import type { SourceFile } from '../import/source-files.ts'
import type { Fields } from '../sheet/cells.ts'
import type { Task } from '../threads/serve.ts'
import { type Choice, exampleOptions } from './count-lengths.ts'

const shownTokens = 20_000

export interface SourceRow {
  readonly file: SourceFile
  readonly reading: Reading
  /** Among the good rows, from 0. */
  readonly index: number
}

export function previewRow(
  fields: Fields,
  mapping: Mapping,
  tokenizer: Tokenizer,
  choice: Choice,
  length: number,
): Preview {
  const options = exampleOptions(tokenizer, choice)
  const shown = showExample(mapRow(fields, mapping), mapping.format, tokenizer, length, options)
  if (typeof shown === 'string') return { state: 'unfit', reason: shown }
  return {
    state: 'ready',
    text: shown.text,
    tokens: shown.tokens.slice(0, shownTokens),
    total: shown.tokens.length,
    learnedTokens: shown.tokens.filter(({ learned }) => learned).length,
    truncatedTokens: shown.tokens.filter(({ truncated }) => truncated).length,
    notes: [...shown.notes],
  }
}

/** @returns null when there are not so many good rows */
export async function rowOfSource({ file, reading, index }: SourceRow, task: Task): Promise<Fields | null> {
  let good = 0
  for await (const item of streamRows(dataOf(file, reading), optionsOf(reading))) {
    task.check()
    if (isBad(item)) continue
    if (good === index) return item.value
    good += 1
  }
  return null
}
