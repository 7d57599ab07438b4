/** One row as the model sees it: the rendered text, every token, what is learned, what is cut. */

import { ignored } from '../batches/tokenized-dataset.ts'
import type { Row } from '../read/row.ts'
import { type TokenText, tokenTexts } from '../tokenizer/token-texts.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { sourceOf } from './dataset-format.ts'
import type { DatasetFormat } from './source.ts'
import { type ExampleOptions, exampleOf, sourceText } from './to-examples.ts'

export interface ShownToken extends TokenText {
  /** Whether the loss is computed on it. */
  readonly learned: boolean
  /** Behind the context length. */
  readonly truncated: boolean
}

export interface ShownExample {
  /** What is cut into tokens. */
  readonly text: string
  readonly tokens: readonly ShownToken[]
  readonly notes: readonly string[]
}

/**
 * Made by the very functions that make training examples.
 * @param length tokens of a row in training
 * @returns the reason, where the row gives no example
 */
export function showExample(
  value: Row['value'],
  format: DatasetFormat,
  tokenizer: Tokenizer,
  length: number,
  options: Omit<ExampleOptions, 'maxLength'> = {},
): ShownExample | string {
  const made = exampleOf(value, format, tokenizer, options)
  if (typeof made === 'string') return made
  const { ids, labels } = made.example
  const tokens = tokenTexts(tokenizer, ids).map((token, i) => ({
    ...token,
    learned: labels[i] !== ignored,
    truncated: i >= length,
  }))
  return {
    text: sourceText(sourceOf(value, format, options), tokenizer, options),
    tokens,
    notes: notesOf(tokens, made.shifted, length),
  }
}

function notesOf(tokens: readonly ShownToken[], shifted: boolean, length: number): string[] {
  const learned = tokens.filter((token) => token.learned)
  const notes: string[] = []
  if (shifted)
    notes.push(
      'The prompt is cut into other tokens once the completion follows it; what is learned begins at the prompt’s own length.',
    )
  if (learned.length === 0) notes.push('Nothing in this row is learned: training leaves it out.')
  else if (learned.every((token) => token.truncated))
    notes.push(`All that is learned stands behind the first ${length} tokens: training leaves the row out.`)
  return notes
}
