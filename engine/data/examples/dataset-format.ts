/** Tells the shape of a dataset by its columns and turns rows of that shape into sources. */
import { StudioError } from '../../errors.ts'
import type { Message } from '../chat/render-chat.ts'
import { parseJson } from '../json.ts'
import type { Row } from '../read/row.ts'
import { alpacaPrompt } from './alpaca.ts'
import { formats, requiredColumns } from './formats.ts'
import { type ChatExtras, type DatasetFormat, RowProblem, type Source } from './source.ts'

export interface MappingOptions {
  /** ShareGPT's human/gpt become user/assistant; default true (TRL leaves them as they are). */
  readonly mapRoles?: boolean
  /** The column of plain text; default "text". */
  readonly textField?: string
  /** Puts prompt/completion and Alpaca texts into the chat template, as a user's turn and its answer; default false (as TRL). */
  readonly asChat?: boolean
}

type Fields = Row['value']

/** Rows looked at to tell the format. */
const sample = 100

/**
 * The format that most of the first rows have.
 * @throws StudioError bad-data when the columns fit none
 */
export function detectFormat(rows: readonly Row[], options: MappingOptions = {}): DatasetFormat {
  const counts = new Map<DatasetFormat, number>()
  for (const { value } of rows.slice(0, sample)) {
    const format = formatOfRow(value, options)
    if (format !== null) counts.set(format, (counts.get(format) ?? 0) + 1)
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  if (best !== undefined) return best[0]
  const names = Object.keys(rows[0]?.value ?? {})
  throw new StudioError(
    'bad-data',
    `The dataset's columns (${names.join(', ') || 'none'}) are none this studio knows.`,
    'Name them prompt and completion, instruction/input/output, messages, conversations, text, or input_ids.',
  )
}

function formatOfRow(value: Fields, { textField = 'text' }: MappingOptions): DatasetFormat | null {
  const has = (name: string) => value[name] !== undefined && value[name] !== null
  if (textField !== 'text' && has(textField)) return 'text'
  for (const format of Object.keys(formats) as DatasetFormat[]) {
    if (requiredColumns(format).every(has)) return format
  }
  return null
}

const shareGptRoles: Record<string, string> = {
  human: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  function_call: 'assistant',
  observation: 'tool',
}

/** @throws RowProblem when the row does not fit the format */
export function sourceOf(value: Fields, format: DatasetFormat, options: MappingOptions = {}): Source {
  switch (format) {
    case 'text': {
      const field = options.textField ?? 'text'
      return { kind: 'text', text: textOf(value, field), closed: field === 'text' }
    }
    case 'alpaca': {
      const input = value.input === undefined || value.input === null ? '' : textOf(value, 'input')
      const instruction = textOf(value, 'instruction')
      const completion = textOf(value, 'output')
      if (options.asChat) return turns(input === '' ? instruction : `${instruction}\n\n${input}`, completion)
      return { kind: 'pair', prompt: alpacaPrompt(instruction, input), completion }
    }
    case 'prompt-completion':
      if (typeof parsed(value.prompt) === 'string' || typeof parsed(value.completion) === 'string') {
        const [prompt, completion] = [textOf(value, 'prompt'), textOf(value, 'completion')]
        return options.asChat ? turns(prompt, completion) : { kind: 'pair', prompt, completion }
      }
      return {
        kind: 'chat-pair',
        prompt: messagesOf(value, 'prompt'),
        completion: messagesOf(value, 'completion'),
        ...extrasOf(value),
      }
    case 'messages':
      return { kind: 'chat', messages: messagesOf(value, 'messages'), ...extrasOf(value) }
    case 'conversations':
      return { kind: 'chat', messages: shareGptOf(value, options.mapRoles ?? true), ...extrasOf(value) }
    case 'pretokenized':
      return idsOf(value)
  }
}

function turns(prompt: string, completion: string): Source {
  return {
    kind: 'chat-pair',
    prompt: [{ role: 'user', content: prompt }],
    completion: [{ role: 'assistant', content: completion }],
    tools: null,
    templateKwargs: {},
  }
}

/** Lists inside CSV cells and some JSON files are written as JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

function textOf(value: Fields, name: string): string {
  const text = value[name]
  if (typeof text === 'string') return text
  throw new RowProblem(text === undefined || text === null ? `"${name}" is missing` : `"${name}" is not text`)
}

function listOf(value: Fields, name: string): unknown[] {
  const list = parsed(value[name])
  if (Array.isArray(list) && list.length > 0) return list
  throw new RowProblem(
    value[name] === undefined || value[name] === null
      ? `"${name}" is missing`
      : Array.isArray(list)
        ? `"${name}" is empty`
        : `"${name}" is not a list`,
  )
}

function messagesOf(value: Fields, name: string): Message[] {
  return listOf(value, name).map((message, i) => {
    if (isObject(message) && typeof message.role === 'string') return message as Message
    throw new RowProblem(`message ${i + 1} of "${name}" has no "role"`)
  })
}

function shareGptOf(value: Fields, mapRoles: boolean): Message[] {
  return listOf(value, 'conversations').map((turn, i) => {
    if (!isObject(turn)) throw new RowProblem(`turn ${i + 1} of "conversations" is not an object`)
    // Some files have OpenAI's field names under ShareGPT's column name.
    const { from = turn.role, value: said = turn.content, role: _, content: __, ...rest } = turn
    if (typeof from !== 'string') throw new RowProblem(`turn ${i + 1} of "conversations" has no "from"`)
    const role = mapRoles && Object.hasOwn(shareGptRoles, from) ? shareGptRoles[from]! : from
    return { role, content: said, ...rest }
  })
}

function extrasOf(value: Fields): ChatExtras {
  const tools = parsed(value.tools) ?? null
  if (tools !== null && !Array.isArray(tools)) throw new RowProblem('"tools" is not a list')
  const templateKwargs = parsed(value.chat_template_kwargs) ?? {}
  if (!isObject(templateKwargs)) throw new RowProblem('"chat_template_kwargs" is not an object')
  return { tools, templateKwargs }
}

function idsOf(value: Fields): Source {
  const ids = wholes(value, 'input_ids', 0)
  if (ids === null) throw new RowProblem('"input_ids" is missing')
  const beside = (name: string, least: number) => {
    const list = wholes(value, name, least)
    if (list === null || list.length === ids.length) return list
    throw new RowProblem(`"${name}" has ${list.length} entries where "input_ids" has ${ids.length}`)
  }
  return {
    kind: 'ids',
    ids,
    labels: beside('labels', -100),
    completionMask: beside('completion_mask', 0),
    assistantMask: beside('assistant_masks', 0),
  }
}

function wholes(value: Fields, name: string, least: number): number[] | null {
  const list = parsed(value[name])
  if (list === undefined || list === null) return null
  const good = (entry: unknown) =>
    Number.isInteger(entry) && (entry as number) >= least && (entry as number) < 2 ** 31
  if (Array.isArray(list) && list.every(good)) return list as number[]
  throw new RowProblem(`"${name}" is not a list of whole numbers from ${least} on`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
