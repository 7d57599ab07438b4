/** Options of the project's scripts: what is not among them is refused with the list of those that are. */
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
