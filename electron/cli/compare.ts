/** `compare`: several methods on the same model, data, seed and budget, one table. */
import type { Command } from 'commander'
import { StudioError } from '../../engine/errors.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { findData, findModel } from '../host/built-in.ts'
import { readExample } from '../host/home/example.ts'
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
import { type RunSummary, summary } from './summary.ts'
import { table } from './table.ts'
import { checkRun, trainRun } from './train-run.ts'

interface Options extends TrainingOptions {
  readonly model: string
  readonly data: string
  readonly methods?: string
  readonly json?: true
}

export function registerCompare(program: Command, { dataDir, stdout }: CommandContext): void {
  const command = program
    .command('compare')
    .description('train several methods on the same data and compare them')
    .option('--model <model>', 'folder of the base model, or builtin', 'builtin')
    .option('--data <data>', 'data file or folder, builtin, or builtin:NAME', 'builtin')
    .option('--methods <names>', 'names with commas between; those of the example when left out')
  withTrainingOptions(command)
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const methods =
        options.methods?.split(',').map((name) => name.trim()) ??
        (await readExample()).methods.map(({ name }) => name)
      for (const name of methods) findMethod(name)
      if (new Set(methods).size !== methods.length)
        throw new StudioError('bad-argument', 'A method is named twice.', 'Name each method once.')
      const store = openStore(dataDir())
      try {
        const devices = await openRunDevices(dataDir())
        const tools = { store, supervisor: new TrainerSupervisor(store), devices }
        const [model, data] = [findModel(options.model), await findData(options.data)]
        const specOf = (method: string) => ({ model, data, method, choices: readChoices(method, options) })
        for (const method of methods) await checkRun(tools, specOf(method))
        const runs: RunSummary[] = []
        for (const method of methods) {
          const { run, outcome } = await trainRun(tools, specOf(method))
          runs.push(summary(run.id, method, outcome))
        }
        const baseValidationLoss = runs[0]?.baseValidationLoss ?? null
        if (options.json) {
          const listed = runs.map(({ baseValidationLoss: _, ...rest }) => rest)
          stdout.write(`${JSON.stringify({ baseValidationLoss, runs: listed })}\n`)
        } else stdout.write(`${comparison(model.name, data.name, baseValidationLoss, runs)}\n`)
      } finally {
        store.close()
      }
    })
}

function comparison(model: string, data: string, base: number | null, runs: readonly RunSummary[]): string {
  const rows = [...runs].sort((a, b) => (a.validationLoss ?? Infinity) - (b.validationLoss ?? Infinity))
  const loss = (x: number | null) => (x === null ? '–' : formatLoss(x))
  const lines = table(rows, [
    { title: 'METHOD', value: (r) => r.method },
    { title: 'VALIDATION', value: (r) => loss(r.validationLoss), align: 'right' },
    {
      title: 'VS BASE',
      value: (r) => (base === null || r.validationLoss === null ? '–' : signed(r.validationLoss - base)),
      align: 'right',
    },
    {
      title: 'TRAIN',
      value: (r) => (r.trainableParameters === 0 ? '–' : formatLoss(r.trainLoss)),
      align: 'right',
    },
    { title: 'TRAINED', value: (r) => formatCount(r.trainableParameters), align: 'right' },
    { title: 'SHARE', value: (r) => formatShare(r.trainableParameters / r.totalParameters), align: 'right' },
    { title: 'ADAPTER', value: (r) => formatBytes(r.adapterBytes), align: 'right' },
    { title: 'TOKENS/S', value: (r) => formatRate(r.usefulTokensPerSecond), align: 'right' },
    { title: 'MEMORY', value: (r) => formatBytes(r.peakMemoryBytes), align: 'right' },
    { title: 'TIME', value: (r) => formatDuration(r.seconds), align: 'right' },
    { title: 'RUN', value: (r) => r.id },
  ])
  return `${model} on ${data}, validation loss of the base ${loss(base)} (nats per learned token)\n\n${lines}`
}

const signed = (x: number): string => (x > 0 ? `+${x.toFixed(4)}` : x.toFixed(4).replace('-', '−'))
