/** `estimate`: what a run would need, from the graph it would execute. */
import { totalmem } from 'node:os'
import type { Command } from 'commander'
import { parseFields } from '../../engine/methods/fields.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { outlineModel } from '../../engine/models/load.ts'
import { weightChoices } from '../../engine/models/weight-choices.ts'
import { estimateRun } from '../../engine/train/estimate.ts'
import { checkWeights } from '../../engine/train/open-run.ts'
import { findModel } from '../host/built-in.ts'
import { formatBytes, formatCount, formatShare } from './format.ts'
import { type CommandContext, jsonOption, readChoices, type TrainingOptions, whole } from './options.ts'
import { fields } from './table.ts'

interface Options extends TrainingOptions {
  readonly model: string
  readonly method: string
  readonly batch: number
  readonly length: number
  readonly json?: true
}

export function registerEstimate(program: Command, { stdout }: CommandContext): void {
  program
    .command('estimate')
    .description('parameters, file size and memory by parts of a run, before it starts')
    .requiredOption('--model <model>', 'folder of the base model, or builtin')
    .requiredOption('--method <name>', 'see "methods"')
    .option('--batch <n>', 'rows per update', whole(1), 4)
    .option('--length <n>', 'tokens per row', whole(2), 256)
    .option('--set <key=value>', 'change an option', (value: string, list: string[] = []) => [...list, value])
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const method = findMethod(options.method)
      const choices = readChoices(options.method, options)
      const config = parseFields(method.title, method.fields, choices.methodConfig ?? {})
      const weights = choices.weights ?? 'float32'
      checkWeights(weights, method)
      const loaded = await outlineModel(findModel(options.model).dir, weights)
      method.check?.(config, loaded.model.facts.modelType)
      const estimate = estimateRun(
        loaded,
        method,
        config,
        { rows: options.batch, length: options.length },
        {
          profile: choices.profile ?? 'fast',
          maxGradientNorm: choices.maxGradientNorm ?? 1,
          gradientAccumulation: choices.gradientAccumulation ?? 1,
          memoryBytes: totalmem(),
        },
      )
      if (options.json) {
        stdout.write(`${JSON.stringify({ ...estimate, weightChoices: weightChoices(loaded) })}\n`)
        return
      }
      const { memory } = estimate
      const share = estimate.trainableParameters / estimate.totalParameters
      const parts = Object.entries(memory).filter(([, bytes]) => typeof bytes === 'number' && bytes > 0)
      stdout.write(
        `${fields([
          [
            'trained',
            `${formatCount(estimate.trainableParameters)} of ${formatCount(estimate.totalParameters)} parameters (${formatShare(share)})`,
          ],
          ['adapter file', formatBytes(estimate.adapterBytes)],
          [
            'base model',
            weightChoices(loaded)
              .map(({ title, bytes }) => `${title} ${formatBytes(bytes)}`)
              .join(' · '),
          ],
          ...parts.map(([name, bytes]) => [name, formatBytes(Number(bytes))] as const),
          ['process', formatBytes(estimate.processBytes)],
          [
            'total',
            `${formatBytes(estimate.totalBytes)} of ${formatBytes(totalmem())}${estimate.fits === false ? ' — does not fit' : ''}`,
          ],
        ])}\n`,
      )
    })
}
