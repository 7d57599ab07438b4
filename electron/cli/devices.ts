/** `devices`: what the engine can compute on, and how fast each is for a given run. */
import type { Command } from 'commander'
import { openModelFolder } from '../../engine/files/model-folder.ts'
import type { Device, RankedDevice, Ranking } from '../contract/devices.ts'
import { findData, findModel } from '../host/built-in.ts'
import { planOf } from '../host/create-run.ts'
import { foundAbout, whyBest } from '../host/devices/words.ts'
import { workloadWords } from '../host/devices/workload.ts'
import { readExample } from '../host/home/example.ts'
import { formatBytes, formatCount, formatDuration } from './format.ts'
import {
  type CommandContext,
  jsonOption,
  readChoices,
  type TrainingOptions,
  withTrainingOptions,
} from './options.ts'
import { openRunDevices } from './run-devices.ts'
import { table } from './table.ts'

interface Options extends TrainingOptions {
  readonly measure?: true
  readonly model: string
  readonly data: string
  readonly method?: string
  readonly json?: true
}

export function registerDevices(program: Command, { dataDir, stdout }: CommandContext): void {
  const command = program
    .command('devices')
    .description('list the devices of this machine; with --measure, two real steps of a run on each')
    .option('--measure', 'measure every available device and rank them')
    .option('--model <model>', 'folder of the base model, or builtin', 'builtin')
    .option('--data <data>', 'data file or folder, builtin, or builtin:NAME', 'builtin')
    .option('--method <name>', 'see "methods"; that of the example when left out')
  withTrainingOptions(command)
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { choice } = await openRunDevices(dataDir())
      if (options.measure) {
        const stop = new AbortController()
        process.once('SIGINT', () => stop.abort())
        const told = new Set<string>()
        const ranking = await choice.measure(await workloadOf(options, dataDir()), {
          signal: stop.signal,
          progress: ({ note }) => {
            if (!note || note.includes(':') || told.has(note)) return
            told.add(note)
            process.stderr.write(`measuring ${note}\n`)
          },
        })
        stdout.write(options.json ? `${JSON.stringify(ranking)}\n` : `${rankingText(ranking)}\n`)
        return
      }
      const devices = await choice.list()
      stdout.write(options.json ? `${JSON.stringify(devices)}\n` : `${listText(devices)}\n`)
    })
}

async function workloadOf(options: Options, dataDir: string) {
  const example = await readExample()
  const method = options.method ?? example.methods[0]!.name
  const [model, data] = [findModel(options.model), await findData(options.data)]
  const spec = { model, data, method, choices: readChoices(method, options) }
  const plan = planOf(dataDir, spec, dataDir)
  const { hash: fingerprint } = await openModelFolder(model.dir)
  return { plan, fingerprint, words: workloadWords(plan, model.name, data.name) }
}

const none = '–'

function listText(devices: readonly Device[]): string {
  return table(devices, [
    { title: 'ID', value: (d) => d.id },
    { title: 'DEVICE', value: (d) => d.title },
    { title: 'RUNTIME', value: (d) => d.runtime },
    {
      title: 'MEMORY',
      value: (d) => (d.memoryBytes === null ? none : formatBytes(d.memoryBytes)),
      align: 'right',
    },
    { title: 'DRIVER', value: (d) => d.driver ?? none },
    { title: 'TOKENS/S', value: (d) => speedOf(d.measured?.measurement), align: 'right' },
    { title: 'DETAIL', value: (d) => `${d.available ? '' : 'not available: '}${d.detail}` },
  ])
}

function rankingText(ranking: Ranking): string {
  const [best] = ranking.devices
  const lines = table(ranking.devices, [
    { title: 'ID', value: (d) => d.id },
    { title: 'DEVICE', value: (d) => d.title },
    { title: 'TOKENS/S', value: (d) => speedOf(d.measurement), align: 'right' },
    {
      title: 'STEP',
      value: (d) => (d.measurement === null ? none : formatStep(d.measurement.millisecondsPerStep)),
      align: 'right',
    },
    {
      title: 'PEAK MEMORY',
      value: (d) => (d.measurement === null ? none : formatBytes(d.measurement.peakMemoryBytes)),
      align: 'right',
    },
    { title: 'LOSS DIFFERS', value: lossOf, align: 'right' },
    { title: 'FOUND', value: (d) => foundAbout(d, ranking) },
  ])
  const reasons = ranking.devices.filter(({ because }) => because !== null)
  return [
    ranking.workload,
    '',
    lines,
    '',
    best?.verdict === 'ranked' ? `${best.title}: ${whyBest(ranking)}.` : 'No device gave right results.',
    ...reasons.map(({ title, because }) => `${title}: ${because}`),
  ].join('\n')
}

const speedOf = (measurement: RankedDevice['measurement'] | undefined): string =>
  measurement ? formatCount(measurement.usefulTokensPerSecond) : none

const formatStep = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Number(milliseconds.toPrecision(3))} ms` : formatDuration(milliseconds / 1000)

const lossOf = ({ lossDifference }: RankedDevice): string =>
  lossDifference === null ? none : lossDifference === 0 ? '0' : lossDifference.toExponential(1)
