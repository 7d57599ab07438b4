/** What the commands share: reading numbers and settings from the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { StudioError } from '../../engine/errors.ts'
import { parseArgument, schemaOf } from '../../engine/methods/fields.ts'
import { findMethod } from '../../engine/methods/index.ts'
import type { TrainPlan } from '../../engine/train/plan.ts'
import { planFields } from '../../engine/train/plan-fields.ts'
import type { TextOutput } from './output.ts'

export interface CommandContext {
  readonly dataDir: () => string
  readonly stdout: TextOutput
}

/** Reader of a whole number of at least `least`. */
export function whole(least: number) {
  return (text: string): number => {
    const n = Number(text)
    if (!Number.isSafeInteger(n) || n < least)
      throw new InvalidArgumentError(`Give a whole number from ${least} on`)
    return n
  }
}

/** Reader of a number of at least `least`. */
export function real(least: number) {
  return (text: string): number => {
    const x = Number(text)
    if (text.trim() === '' || !Number.isFinite(x) || x < least)
      throw new InvalidArgumentError(`Give a number from ${least} on`)
    return x
  }
}

const collect = (value: string, list: readonly string[] = []): string[] => [...list, value]

export interface TrainingOptions {
  readonly set?: readonly string[]
  readonly steps?: number
  readonly batch?: number
  readonly length?: number
  readonly seed?: number
  readonly device?: string
}

/** Adds the options that say how to train. */
export function withTrainingOptions(command: Command): Command {
  return command
    .option(
      '--set <key=value>',
      'change an option of the method or of the training; may be repeated',
      collect,
    )
    .option('--steps <n>', 'updates', whole(1))
    .option('--batch <n>', 'rows per update; a row holds as many examples as fit into it', whole(1))
    .option('--length <n>', 'tokens per row', whole(2))
    .option('--seed <n>', 'decides the first values, the order of the data, and dropout', whole(0))
    .option('--device <id>', 'see "devices"; auto = the fastest of those that were measured for such a run')
}

export const jsonOption = () => new Option('--json', 'print a JSON document as the last line')

/** Entries of a plan that `--set` may change by their own name, beside the method's options. */
const planKeys = Object.keys(planFields) as (keyof typeof planFields)[]

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

/** Splits `--set key=value` into the method's options and the plan's. @throws StudioError for an unknown key */
export function readChoices(method: string, options: TrainingOptions): Partial<TrainPlan> {
  const { fields, title } = findMethod(method)
  const methodConfig: Record<string, unknown> = {}
  const plan: Record<string, unknown> = {}
  for (const text of options.set ?? []) {
    const at = text.indexOf('=')
    const [key, raw] = [text.slice(0, at).trim(), text.slice(at + 1)]
    if (at < 1) throw new StudioError('bad-argument', `"${text}" is not a setting.`, 'Write --set key=value.')
    const planKey = planKeys.find((name) => name === key || snake(name) === key)
    const field = fields[key]
    if (field !== undefined) methodConfig[key] = parseArgument(field, raw)
    else if (planKey !== undefined) plan[planKey] = readPlanValue(planKey, raw)
    else
      throw new StudioError(
        'bad-argument',
        `${title} has no option "${key}".`,
        `Options of the method: ${Object.keys(fields).join(', ') || 'none'}. Of the training: ${planKeys.map(snake).join(', ')}.`,
      )
  }
  const { steps, batch, length, seed, device } = options
  const given = Object.entries({ steps, batch, length, seed, device }).filter(
    ([, value]) => value !== undefined,
  )
  return { ...Object.fromEntries(given), ...plan, methodConfig }
}

function readPlanValue(key: keyof typeof planFields, raw: string): unknown {
  const result = schemaOf(planFields[key]).safeParse(parseArgument(planFields[key], raw))
  if (result.success) return result.data
  throw new StudioError(
    'bad-argument',
    `${snake(key)} = ${raw} does not fit: ${result.error.issues[0]?.message ?? 'wrong value'}.`,
    'Correct the value.',
  )
}
