/** The command line: the same host and engine as the window, without it. */
import { Command, CommanderError } from 'commander'
import { StudioError } from '../../engine/errors.ts'
import { dataDir } from '../data-dir.ts'
import { registerCompare } from './compare.ts'
import { registerDevices } from './devices.ts'
import { reportError } from './errors.ts'
import { registerEstimate } from './estimate.ts'
import { registerGenerate } from './generate.ts'
import { registerMerge } from './merge.ts'
import { registerMethods } from './methods.ts'
import { registerProbe } from './probe.ts'
import { registerRuns } from './runs.ts'
import { registerTrain } from './train.ts'

const { stdout, stderr } = process
const program = new Command('peft-studio')
  .description('Fine-tune language models with few parameters, and compare the results.')
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

const context = { dataDir, stdout }
registerTrain(program, context)
registerCompare(program, context)
registerProbe(program, context)
registerGenerate(program, context)
registerMerge(program, context)
registerEstimate(program, context)
registerRuns(program, context)
registerMethods(program, context)
registerDevices(program, context)

try {
  await program.parseAsync()
} catch (error) {
  const json = process.argv.includes('--json')
  if (error instanceof CommanderError) {
    // Help and version were printed already.
    if (error.exitCode !== 0) process.exitCode = reportError(wrongCall(error), { json, stdout, stderr })
  } else process.exitCode = reportError(error, { json, stdout, stderr })
}

function wrongCall(error: CommanderError): StudioError {
  const message = error.message.replace(/^error: /, '').replace(/\n[\s\S]*$/, '')
  return new StudioError(
    'bad-argument',
    `${message}.`.replace('..', '.'),
    'See "npm run -s cli -- --help", or COMMAND --help.',
  )
}
