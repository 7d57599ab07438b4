/** Dataset rows to token ids and labels, equal to TRL's SFTTrainer (golden-data/sft). */
import { StudioError } from '../../errors.ts'
import type { Example } from '../batches/packing.ts'
import { ignored } from '../batches/tokenized-dataset.ts'
import { type Message, renderChat, renderChatText } from '../chat/render-chat.ts'
import type { BadRow, Row } from '../read/row.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { detectFormat, type MappingOptions, sourceOf } from './dataset-format.ts'
import { assistantTokens, type Learn, type LearnMasks, masksOf } from './learned.ts'
import { type DatasetFormat, RowProblem, type Source } from './source.ts'

export interface ExampleOptions extends MappingOptions {
  /** Told by the columns when left out. */
  readonly format?: DatasetFormat
  /** Default "completion". */
  readonly learn?: Learn | LearnMasks
  /** Longer examples are cut; null (default) leaves that to the batches. */
  readonly maxLength?: number | null
  readonly truncation?: 'keep_start' | 'keep_end'
  /** Put behind texts and completions instead of the tokenizer's EOS. */
  readonly eosToken?: string
  /** A chat template instead of the tokenizer's. */
  readonly template?: string
  readonly templateKwargs?: Readonly<Record<string, unknown>>
}

export interface Examples {
  readonly format: DatasetFormat
  readonly examples: readonly Example[]
  /** The line each example comes from. */
  readonly lines: readonly number[]
  /** Rows that do not fit, with the reason. */
  readonly bad: readonly BadRow[]
  /** Examples cut at maxLength. */
  readonly truncated: number
  /** Examples left out because nothing in them is learned. */
  readonly dropped: number
  /** Examples whose prompt is cut into other tokens once the completion follows (learned from the prompt's length on, as TRL). */
  readonly shiftedBorders: number
}

/** @throws StudioError bad-data when no row is left to learn from */
export function toExamples(
  rows: readonly Row[],
  tokenizer: Tokenizer,
  options: ExampleOptions = {},
): Examples {
  if (rows.length === 0) {
    throw new StudioError('bad-data', 'The dataset is empty.', 'Choose a dataset with at least one row.')
  }
  const maxLength = options.maxLength ?? null
  if (maxLength !== null && !(Number.isInteger(maxLength) && maxLength > 0)) {
    throw new StudioError('bad-argument', `A length of ${maxLength} tokens is impossible.`, 'Give 1 or more.')
  }
  const format = options.format ?? detectFormat(rows, options)
  const examples: Example[] = []
  const lines: number[] = []
  const bad: BadRow[] = []
  const count = { truncated: 0, dropped: 0, shiftedBorders: 0 }
  for (const { line, value } of rows) {
    const made = exampleOf(value, format, tokenizer, options)
    if (typeof made === 'string') {
      bad.push({ line, reason: made })
      continue
    }
    const cut = truncate(made.example, maxLength, options.truncation ?? 'keep_start')
    if (made.shifted) count.shiftedBorders++
    if (cut.ids.length < made.example.ids.length) count.truncated++
    if (cut.labels.every((label) => label === ignored)) count.dropped++
    else {
      examples.push(cut)
      lines.push(line)
    }
  }
  if (examples.length === 0) throw nothingLeft(rows.length, bad, count)
  return { format, examples, lines, bad, ...count }
}

export interface Made {
  readonly example: Example
  /** The prompt is cut into other tokens once the completion follows. */
  readonly shifted: boolean
}

/** The whole example of one row (never cut), or the reason why it gives none. */
export function exampleOf(
  value: Row['value'],
  format: DatasetFormat,
  tokenizer: Tokenizer,
  options: ExampleOptions,
): Made | string {
  try {
    return tokensOf(sourceOf(value, format, options), tokenizer, options)
  } catch (error) {
    // A template that refuses a conversation (wrong turns) is the row's fault; one that cannot be read is not.
    if (error instanceof RowProblem || (error instanceof StudioError && error.code === 'bad-data'))
      return error.message
    throw error
  }
}

function tokensOf(source: Source, tokenizer: Tokenizer, options: ExampleOptions): Made {
  const learn = masksOf(options.learn ?? 'completion', source.kind)
  switch (source.kind) {
    case 'text':
      return made(tokenizer.encode(sourceText(source, tokenizer, options)), [])
    case 'pair': {
      // Joined first and tokenised as one text; the prompt counts with its own special tokens.
      const prompt = tokenizer.encode(source.prompt)
      const ids = tokenizer.encode(sourceText(source, tokenizer, options))
      return made(ids, learn.completion ? [behind(prompt, ids)] : [], startsOtherwise(prompt, ids))
    }
    case 'chat': {
      const chat = { ...chatOptions(source, options) }
      if (!learn.assistant) return made(renderChat(tokenizer, source.messages, chat).ids, [])
      const { ids, mask } = assistantTokens(tokenizer, source.messages, chat, learn.assistant)
      return made(ids, [mask])
    }
    case 'chat-pair': {
      const chat = chatOptions(source, options)
      const all: Message[] = [...source.prompt, ...source.completion]
      const prompt = renderChat(tokenizer, source.prompt, { ...chat, addGenerationPrompt: true }).ids
      const { ids, mask } = learn.assistant
        ? assistantTokens(tokenizer, all, chat, learn.assistant)
        : { ids: renderChat(tokenizer, all, chat).ids, mask: null }
      return made(ids, [mask, learn.completion ? behind(prompt, ids) : null], startsOtherwise(prompt, ids))
    }
    case 'ids': {
      const beyond = source.ids.find((id) => id >= tokenizer.vocabSize)
      if (beyond !== undefined) {
        throw new RowProblem(`token id ${beyond} is not in the vocabulary of ${tokenizer.vocabSize} tokens`)
      }
      return made(
        source.ids,
        [source.assistantMask, learn.completion ? source.completionMask : null],
        false,
        source.labels,
      )
    }
  }
}

/** The text that is cut into tokens: the template with the row in it, EOS where it is put. */
export function sourceText(source: Source, tokenizer: Tokenizer, options: ExampleOptions): string {
  const eos = options.eosToken ?? tokenizer.specialTokens.eos_token ?? ''
  const close = (text: string) => (text.endsWith(eos) ? text : text + eos)
  switch (source.kind) {
    case 'text':
      return source.closed ? close(source.text) : source.text
    case 'pair':
      return source.prompt + close(source.completion)
    case 'chat':
      return renderChatText(tokenizer, source.messages, chatOptions(source, options))
    case 'chat-pair':
      return renderChatText(tokenizer, [...source.prompt, ...source.completion], chatOptions(source, options))
    case 'ids':
      return tokenizer.decode(source.ids)
  }
}

function chatOptions(source: Source & { kind: 'chat' | 'chat-pair' }, options: ExampleOptions) {
  return {
    tools: source.tools,
    templateKwargs: { ...options.templateKwargs, ...source.templateKwargs },
    ...(options.template === undefined ? {} : { template: options.template }),
  }
}

/** Labels are the ids where every mask is 1. */
function made(
  ids: readonly number[],
  masks: readonly (readonly number[] | null)[],
  shifted = false,
  labels: readonly number[] | null = null,
): Made {
  const learned = Int32Array.from(labels ?? ids, (label, i) =>
    masks.every((mask) => mask?.[i] !== 0) ? label : ignored,
  )
  return { example: { ids: Int32Array.from(ids), labels: learned }, shifted }
}

function behind(prompt: readonly number[], ids: readonly number[]): number[] {
  return ids.map((_, i) => (i < prompt.length ? 0 : 1))
}

function startsOtherwise(prompt: readonly number[], ids: readonly number[]): boolean {
  return prompt.some((id, i) => ids[i] !== id)
}

function truncate({ ids, labels }: Example, length: number | null, mode: 'keep_start' | 'keep_end'): Example {
  if (length === null || ids.length <= length) return { ids, labels }
  const start = mode === 'keep_start' ? 0 : ids.length - length
  return { ids: ids.slice(start, start + length), labels: labels.slice(start, start + length) }
}

function nothingLeft(
  total: number,
  bad: readonly BadRow[],
  count: { truncated: number; dropped: number },
): StudioError {
  const [first] = bad
  if (first !== undefined && bad.length === total) {
    return new StudioError(
      'bad-data',
      `None of the ${total} rows can be used. Line ${first.line}: ${first.reason}.`,
      'Correct the rows, or choose the format the dataset really has.',
    )
  }
  return new StudioError(
    'bad-data',
    `In none of the ${total} rows is anything learned: ${count.dropped} have no label (${count.truncated} were cut at the context length), ${bad.length} do not fit.`,
    'Learn from "all", choose a longer context, or check that the answers are not empty.',
  )
}
