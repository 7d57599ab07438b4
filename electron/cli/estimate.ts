/** `estimate`: what a run would need, from the graph it would execute. */
import type { Command } from 'commander'
import { findModel } from '../host/built-in.ts'
import { roomFor } from '../host/devices/room.ts'
import { tooLarge } from '../host/devices/too-large.ts'
import { estimateView } from '../host/methods/estimate-view.ts'
import { figures } from '../host/methods/figures.ts'
import { formatBytes, formatCount, formatShare } from './format.ts'
import {
  type CommandContext,
  jsonOption,
  readChoices,
  type TrainingOptions,
  withTrainingOptions,
} from './options.ts'
import { openRunDevices } from './run-devices.ts'
import { fields } from './table.ts'

interface Options extends TrainingOptions {
  readonly model: string
  readonly method: string
  readonly json?: true
}

export function registerEstimate(program: Command, { dataDir, stdout }: CommandContext): void {
  const command = program
    .command('estimate')
    .description('parameters, file size and memory by parts of a run, before it starts')
    .requiredOption('--model <model>', 'folder of the base model, or builtin')
    .requiredOption('--method <name>', 'see "methods"')
  withTrainingOptions(command)
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { methodConfig = {}, ...training } = readChoices(options.method, options)
      const { choice, settings } = await openRunDevices(dataDir())
      const machine = await roomFor(choice, training.device ?? settings.get().device)
      const question = { model: findModel(options.model).dir, method: options.method, methodConfig, training }
      const estimate = await figures.estimate({ ...question, memoryBytes: machine.bytes })
      const view = estimateView(estimate, machine, { slots: estimate.labelSlots, assumed: true })
      const wouldFit = view.fits
        ? []
        : await figures.memoryOptions({ ...question, limitBytes: machine.bytes })
      if (options.json) {
        stdout.write(`${JSON.stringify({ ...estimate, machine, wouldFit })}\n`)
        return
      }
      const trained = `${formatCount(view.trainableParameters)} of ${formatCount(view.totalParameters)} parameters (${formatShare(view.share)})`
      const bases = view.weightChoices.map(({ title, bytes }) => `${title} ${formatBytes(bytes)}`)
      const room = `${formatBytes(machine.bytes)} (${machine.limited ? 'the limit in the settings' : machine.place})`
      stdout.write(
        `${fields([
          ['trained', trained],
          ['adapter file', formatBytes(view.adapterBytes)],
          ['base model', bases.join(' · ')],
          ['memory', `${formatBytes(view.totalBytes)} of ${room}`],
          ...view.parts
            .filter(({ bytes }) => bytes > 0)
            .map(({ label, bytes }) => [`  ${label.toLowerCase()}`, formatBytes(bytes)] as const),
        ])}\n`,
      )
      if (view.fits) return
      const { message, hint } = tooLarge(view, wouldFit)
      stdout.write(`\nIt does not fit. ${message}\n${hint}\n`)
    })
}
