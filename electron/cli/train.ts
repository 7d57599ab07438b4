/** `train`: one run of one method. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { findData, findModel } from '../host/built-in.ts'
import { TrainerSupervisor } from '../host/trainer-supervisor.ts'
import { openStore } from '../store/open-store.ts'
import { formatBytes, formatCount, formatDuration, formatLoss, formatRate, formatShare } from './format.ts'
import {
  type CommandContext,
  jsonOption,
  readChoices,
  type TrainingOptions,
  withTrainingOptions,
} from './options.ts'
import { openRunDevices } from './run-devices.ts'
import { summary } from './summary.ts'
import { fields } from './table.ts'
import { trainRun } from './train-run.ts'

interface Options extends TrainingOptions {
  readonly model: string
  readonly data: string
  readonly method: string
  readonly chat?: boolean
  readonly out?: string
  readonly learn?: 'completion' | 'assistant' | 'all'
  readonly json?: true
}

export function registerTrain(program: Command, { dataDir, stdout }: CommandContext): void {
  const command = program
    .command('train')
    .description('train one method on a dataset')
    .requiredOption('--model <model>', 'folder of the base model, or builtin')
    .requiredOption('--data <data>', 'data file or folder, builtin, or builtin:NAME')
    .requiredOption('--method <name>', 'see "methods"')
    .option('--learn <parts>', 'which parts are learned: completion, assistant or all')
    .option('--chat', 'prompt and completion in the chat template, whether or not the model has its own')
    .option('--no-chat', 'prompt and completion as plain text, not in the chat template')
    .option('--out <dir>', 'folder for adapter and checkpoints')
  withTrainingOptions(command)
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const store = openStore(dataDir())
      try {
        const tools = {
          store,
          supervisor: new TrainerSupervisor(store),
          devices: await openRunDevices(dataDir()),
        }
        const { run, outcome } = await trainRun(tools, {
          model: findModel(options.model),
          data: await findData(options.data),
          method: options.method,
          choices: {
            ...readChoices(options.method, options),
            ...(options.out === undefined ? {} : { out: resolve(options.out) }),
          },
          ...(options.learn === undefined ? {} : { learn: options.learn }),
          ...(options.chat === undefined ? {} : { chat: options.chat }),
        })
        const result = summary(run.id, options.method, outcome)
        if (options.json)
          stdout.write(`${JSON.stringify({ ...result, adapter: outcome.finished.adapterPath })}\n`)
        else
          stdout.write(
            `${fields([
              ['run', run.id],
              [
                'trained',
                `${formatCount(result.trainableParameters)} of ${formatCount(result.totalParameters)} parameters (${formatShare(result.trainableParameters / result.totalParameters)})`,
              ],
              ['train loss', result.trainableParameters === 0 ? '–' : formatLoss(result.trainLoss)],
              [
                'validation loss',
                `${result.validationLoss === null ? '–' : formatLoss(result.validationLoss)} (base ${result.baseValidationLoss === null ? '–' : formatLoss(result.baseValidationLoss)})`,
              ],
              ['device', outcome.started.device],
              ['speed', `${formatRate(result.usefulTokensPerSecond)} learned tokens/s`],
              ['peak memory', formatBytes(result.peakMemoryBytes)],
              ['time', formatDuration(result.seconds)],
              ['adapter', `${outcome.finished.adapterPath} (${formatBytes(result.adapterBytes)})`],
            ])}\n`,
          )
      } finally {
        store.close()
      }
    })
}
