/** From a person's columns to the columns of a format: `question` and `answer` become `prompt` and `completion`. */
import { parseJson, printJson } from '../json.ts'
import type { Row } from '../read/row.ts'
import { formats, requiredColumns, systemField } from './formats.ts'
import { type DatasetFormat, datasetFormats } from './source.ts'

export interface Mapping {
  readonly format: DatasetFormat
  /** Field of the format → the person's column. */
  readonly columns: Readonly<Record<string, string>>
}

type Fields = Row['value']

/**
 * The row under the format's names, its fields first, then the columns nothing is said about, by name. A column that
 * the engine would take for something else is kept under `<name>_original`.
 */
export function mapRow(value: Fields, mapping: Mapping): Fields {
  const { format, columns } = mapping
  const used = new Set<string>()
  const fields: [string, unknown][] = []
  for (const { name } of formats[format].fields) {
    const column = columns[name]
    if (column === undefined) continue
    used.add(column)
    if (name !== systemField && Object.hasOwn(value, column)) fields.push([name, value[column]])
  }
  const system = columns[systemField]
  const mapped = system === undefined ? fields : withSystem(fields, format, value[system])
  const kept = Object.keys(value)
    .filter((name) => !used.has(name))
    .sort()
  const names = keptNames(format, kept)
  return Object.fromEntries([
    ...mapped,
    ...kept.map((name): [string, unknown] => [names.get(name)!, value[name]]),
  ])
}

/** The row as one line of JSON: what a version's file holds, the same for the same content in any order of columns. */
export function mappedLine(value: Fields, mapping: Mapping): string {
  return printJson(mapRow(value, mapping))
}

/** A mapping that leaves rows of the format as they are. */
export function plainMapping(format: DatasetFormat, columns: readonly string[]): Mapping {
  const names = formats[format].fields
    .map(({ name }) => name)
    .filter((name) => name !== systemField && columns.includes(name))
  return { format, columns: Object.fromEntries(names.map((name) => [name, name])) }
}

/** Required fields without a column, and columns that are not there. */
export function mappingFaults({ format, columns }: Mapping, present: readonly string[]): string[] {
  const known = formats[format].fields.map(({ name }) => name)
  const missing = requiredColumns(format).filter((name) => columns[name] === undefined)
  const unknown = Object.keys(columns).filter((name) => !known.includes(name))
  const absent = Object.values(columns).filter((column) => !present.includes(column))
  return [
    ...missing.map((name) => `${formats[format].title} needs a column for "${name}"`),
    ...unknown.map((name) => `${formats[format].title} has no field "${name}"`),
    ...absent.map((column) => `there is no column "${column}"`),
  ]
}

const takenNames = new Map<DatasetFormat, ReadonlySet<string>>()

/** Names that would make the engine read a row otherwise: fields of the format, and those looked for before them. */
function takenBy(format: DatasetFormat): ReadonlySet<string> {
  let taken = takenNames.get(format)
  if (taken === undefined) {
    const order = Object.keys(formats) as DatasetFormat[]
    const before = order.slice(0, order.indexOf(format)).flatMap(requiredColumns)
    const own = formats[format].fields.map(({ name }) => name).filter((name) => name !== systemField)
    taken = new Set([...own, ...before])
    takenNames.set(format, taken)
  }
  return taken
}

function keptNames(format: DatasetFormat, kept: readonly string[]): Map<string, string> {
  const taken = takenBy(format)
  const names = new Map<string, string>()
  for (const name of kept) {
    let free = name
    if (taken.has(name)) {
      free = `${name}_original`
      for (let n = 2; kept.includes(free) || taken.has(free); n++) free = `${name}_original_${n}`
    }
    names.set(name, free)
  }
  return names
}

/** All rows become chats, also those without a system prompt: one dataset, one kind of row. */
function withSystem(
  fields: [string, unknown][],
  format: DatasetFormat,
  system: unknown,
): [string, unknown][] {
  const said = typeof system === 'string' && system.trim() !== '' ? system : null
  const put = (list: readonly unknown[], turn: (text: string) => object) =>
    said === null ? list : [turn(said), ...list]
  const message = (content: string) => ({ role: 'system', content })
  return fields.map(([name, value]): [string, unknown] => {
    const list = listIn(value)
    if (name === 'conversations')
      return [name, list && put(list, (text) => ({ from: 'system', value: text }))]
    if (name === 'messages' || (name === 'prompt' && list !== null)) return [name, list && put(list, message)]
    if (format !== 'prompt-completion' || typeof value !== 'string') return [name, value]
    if (name === 'prompt') return [name, put([{ role: 'user', content: value }], message)]
    if (name === 'completion' && list === null) return [name, [{ role: 'assistant', content: value }]]
    return [name, value]
  })
}

/** Lists stand as JSON text in the cells of CSV files. */
function listIn(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string' || !/^\s*\[/.test(value)) return null
  try {
    const parsed = parseJson(value)
    return Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}

/** What columns are usually called, by the field they become; the first is the most telling. */
const usualNames: Readonly<Record<string, readonly string[]>> = {
  prompt: [
    'prompt',
    'question',
    'query',
    'problem',
    'input',
    'source',
    'user',
    'human',
    'instruction',
    'text',
    'document',
    'sentence',
    'title',
  ],
  completion: [
    'completion',
    'answer',
    'response',
    'output',
    'target',
    'chosen',
    'reply',
    'assistant',
    'solution',
    'summary',
    'translation',
    'label',
    'category',
  ],
  system: ['system', 'system_prompt', 'system_message'],
  instruction: ['instruction', 'task'],
  input: ['input', 'context'],
  output: ['output', 'response', 'answer', 'completion'],
  messages: ['messages', 'conversation', 'chat', 'dialog', 'dialogue'],
  conversations: ['conversations', 'conversation'],
  text: ['text', 'content', 'body', 'document', 'story', 'passage'],
  input_ids: ['input_ids'],
}

/**
 * Mappings that the columns' names suggest, without regard to what stands in them; the most telling first.
 * @param columns names in their order
 */
export function suggestMappings(columns: readonly string[]): Mapping[] {
  const find = (field: string, taken: readonly string[]): string | undefined => {
    for (const name of usualNames[field] ?? [field]) {
      const found = columns.find((column) => column.toLowerCase() === name && !taken.includes(column))
      if (found !== undefined) return found
    }
    return undefined
  }
  const suggestions: Mapping[] = []
  for (const format of datasetFormatsBySight) {
    const chosen: [string, string][] = []
    for (const { name, required } of formats[format].fields) {
      const column = find(
        name,
        chosen.map(([, taken]) => taken),
      )
      if (column !== undefined) chosen.push([name, column])
      else if (required) break
    }
    const complete = requiredColumns(format).every((name) => chosen.some(([field]) => field === name))
    if (complete) suggestions.push({ format, columns: Object.fromEntries(chosen) })
  }
  const exact = ({ format, columns: chosen }: Mapping) =>
    requiredColumns(format).every((name) => chosen[name] === name)
  suggestions.sort((a, b) => Number(exact(b)) - Number(exact(a)))
  const [first, second] = columns
  if (suggestions.length === 0 && first !== undefined && second !== undefined)
    suggestions.push({ format: 'prompt-completion', columns: { prompt: first, completion: second } })
  if (first !== undefined && !suggestions.some(({ format }) => format === 'text'))
    suggestions.push({ format: 'text', columns: { text: first } })
  return suggestions
}

/** Alpaca's three columns before the pair that its names would also make. */
const datasetFormatsBySight: readonly DatasetFormat[] = [
  ...datasetFormats.filter((format) => format !== 'prompt-completion' && format !== 'text'),
  'prompt-completion',
  'text',
]
