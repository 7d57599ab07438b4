/** A choice as the command that makes the same run. */
import { basename, dirname } from 'node:path'
import type { Fields } from '../../../engine/methods/fields.ts'
import type { AnyMethod } from '../../../engine/methods/index.ts'
import { planFields } from '../../../engine/train/plan-fields.ts'
import type { DataReference, ModelReference } from '../built-in.ts'
import type { Differences } from './differences.ts'

/** Settings that the command line has options of their own for. */
const ownOptions = ['steps', 'batch', 'length', 'seed', 'device'] as const

/** @param platform whose shell is to read it */
export function commandLine(
  model: ModelReference,
  data: DataReference,
  method: AnyMethod,
  { methodConfig, training }: Differences,
  platform: NodeJS.Platform = process.platform,
): string {
  const { learn, chat, ...settings } = training
  const words = ['--model', modelWord(model), '--data', dataWord(data), '--method', method.name]
  const set: string[] = []
  for (const [key, value] of Object.entries(settings)) {
    if (ownOptions.some((name) => name === key)) words.push(`--${key}`, String(value))
    else set.push(`${key}=${written(planFields, key, value)}`)
  }
  for (const [key, value] of Object.entries(methodConfig))
    set.push(`${key}=${written(method.fields, key, value)}`)
  if (learn) words.push('--learn', learn)
  if (chat !== undefined && chat !== null) words.push(chat ? '--chat' : '--no-chat')
  for (const setting of set) words.push('--set', setting)
  const quote = platform === 'win32' ? quotedForWindows : quoted
  return ['npm run -s cli -- train', ...words.map(quote)].join(' ')
}

const modelWord = ({ id, dir, source }: ModelReference): string => (source === 'built-in' ? id : dir)

/** The built-in name, the folder of a version, or a single file. */
function dataWord({ id, train, validation, source }: DataReference): string {
  if (source === 'built-in') return id
  const pair = validation !== null && dirname(train) === dirname(validation)
  return pair && basename(train).startsWith('train.') ? dirname(train) : train
}

/** As `parseArgument` reads it back: JSON, but a plain word where that is no JSON. */
function written(fields: Fields, key: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const readAsList = fields[key]?.type === 'custom' && value.includes(',')
  return readAsList || isJson(value) ? JSON.stringify(value) : value
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A word as cmd.exe and the C runtime read it. */
function quotedForWindows(word: string): string {
  if (/^[\w@+=:,./\\-]+$/.test(word)) return word
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}
