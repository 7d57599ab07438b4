/** `merge`: folds an adapter into its base and writes a whole model. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { computeMerged, planMerge } from '../../engine/methods/merge.ts'
import { saveModel } from '../../engine/models/save-model.ts'
import { openWithAdapter } from './adapter.ts'
import { type CommandContext, jsonOption } from './options.ts'

interface Options {
  readonly model: string
  readonly adapter: string
  readonly out: string
  readonly json?: true
}

export function registerMerge(program: Command, { dataDir, stdout }: CommandContext): void {
  program
    .command('merge')
    .description('fold an adapter into its base and write a whole model')
    .requiredOption('--model <dir>', 'folder of the base model, or builtin')
    .requiredOption('--adapter <dir>', 'folder of the adapter')
    .requiredOption('--out <dir>', 'folder to write')
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { loaded, method, config, session } = await openWithAdapter(
        options.model,
        options.adapter,
        dataDir(),
      )
      const { changed, untiesHead } = planMerge(loaded, method, config)
      const lazy = [...changed].map(
        ([name, value]) => [name, () => computeMerged(session.device, session.state, value)] as const,
      )
      const path = await saveModel(resolve(options.out), { loaded, changed: new Map(lazy), untiesHead })
      await session.dispose()
      const result = { path, changed: changed.size, untiedHead: untiesHead }
      stdout.write(
        options.json ? `${JSON.stringify(result)}\n` : `${changed.size} tensors merged into ${path}\n`,
      )
    })
}
