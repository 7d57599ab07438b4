/** A chat template, read once and rendered often. */
import { messageOf, StudioError } from '../../errors.ts'
import { Arguments } from './arguments.ts'
import { type Rendered, runTemplate } from './interpreter.ts'
import { parseTokens } from './library.ts'
import { prepareTemplate } from './prepare-template.ts'
import { str } from './printing.ts'
import { strftime } from './strftime.ts'
import { Attributes, type Callable, iterate, TemplateError, type Value } from './values.ts'

export interface Template {
  readonly source: string
  /** Whether the template marks what the assistant generates. */
  readonly marksGeneration: boolean
  /** @throws StudioError bad-data with the template's own words when it refuses */
  render(variables: ReadonlyMap<string, Value>): Rendered
}

const compiled = new Map<string, Template>()

/** @throws StudioError bad-file when the template cannot be read */
export function compileTemplate(source: string): Template {
  const known = compiled.get(source)
  if (known) return known
  let program: ReturnType<typeof parseTokens>
  try {
    program = parseTokens(prepareTemplate(source))
  } catch (error) {
    throw new StudioError(
      'bad-file',
      `The chat template cannot be read: ${messageOf(error)}`,
      'Correct the template in tokenizer_config.json or chat_template.jinja, or use plain prompt and completion.',
      { cause: error },
    )
  }
  const template: Template = {
    source,
    marksGeneration: /\{%[-+]?\s*generation\s*[-+]?%\}/.test(source),
    render(variables) {
      try {
        return runTemplate(program.body, new Map([...globals(), ...variables]))
      } catch (error) {
        if (!(error instanceof TemplateError) && !(error instanceof RangeError)) throw error
        throw new StudioError(
          'bad-data',
          `The chat template refuses this conversation: ${error.message}`,
          'Change the conversation to what the template expects (roles, order, fields), or use another template.',
          { cause: error },
        )
      }
    },
  }
  compiled.set(source, template)
  return template
}

const raise: Callable = (args) => {
  throw new TemplateError(str(args[0] ?? ''))
}

const range: Callable = (list, named) => {
  const args = new Arguments(list, named)
  const only = list.length < 2
  const [start, stop, step] = [
    only ? 0 : args.whole(0, 'start', 0),
    args.whole(only ? 0 : 1, 'stop', 0),
    args.whole(2, 'step', 1),
  ]
  if (step === 0) throw new TemplateError('range() arg 3 must not be zero')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count > 100_000) throw new TemplateError('range() is too long for a template')
  return Array.from({ length: count }, (_, i) => start + i * step)
}

const namespace: Callable = (args, kwargs) => {
  const map = new Map<string, Value>()
  const [first] = args
  if (first instanceof Map) for (const [key, value] of first) map.set(str(key), value)
  else
    for (const pair of first === undefined ? [] : iterate(first))
      map.set(str(iterate(pair)[0]!), iterate(pair)[1]!)
  for (const [key, value] of kwargs) map.set(key, value)
  return new Attributes(map)
}

const dict: Callable = (_, kwargs) => new Map<Value, Value>(kwargs)

function globals(): [string, Value][] {
  const now = new Date()
  const strftimeNow: Callable = (args) => strftime(str(args[0] ?? ''), now)
  return [
    ['true', true],
    ['True', true],
    ['false', false],
    ['False', false],
    ['none', null],
    ['None', null],
    ['raise_exception', raise],
    ['range', range],
    ['namespace', namespace],
    ['dict', dict],
    ['strftime_now', strftimeNow],
  ]
}
