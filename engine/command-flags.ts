/** The project's scripts: options that are not among theirs are refused with the list of those that are, and failures are told in two lines. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { messageOf, StudioError } from './errors.ts'

type Flags = NonNullable<ParseArgsConfig['options']>

/**
 * @param flags as `parseArgs` of Node takes them
 * @throws StudioError('bad-argument') for an unknown option or one without its value
 */
export function readFlags<T extends Flags>(flags: T) {
  try {
    return parseArgs({ options: flags }).values
  } catch (error) {
    const names = Object.keys(flags).map((name) => `--${name}`)
    throw new StudioError('bad-argument', messageOf(error), `The options are ${names.join(', ')}.`)
  }
}

/** Runs a script; what a person can do something about is told without a stack, and the process ends with code 1. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    process.stderr.write(`${error.message}\n${error.hint}\n`)
    process.exitCode = 1
  }
}
