/**
 * The benchmark: the same training in our engine and in Hugging Face PEFT, side by side in one run.
 *
 *   npm run -s bench -- [--json] [--only a,b,c,d,e] [--device ID] [--peer SETTINGS] [--rounds N] [--steps N] [--small]
 *
 * --json    the last line of standard output is the whole report as one JSON document
 * --only    (a) raw step, (b) instruction data of mixed lengths, (c) all methods, (d) 0.5 B and (e) 1.1 B parameters with
 *           4 × 512 tokens; left out: a, b, c on a processor, a, b, d, e on anything else
 * --device  what ours computes on, one of `npm run -s cli -- devices`; default: cpu. Beside anything but a processor the peer
 *           takes the graphics card that it finds
 * --peer    what the peer is measured in; default: float32,bfloat16-autocast,bfloat16-weights. A processor without bfloat16
 *           instructions takes minutes for a step in the last two
 * --rounds  turns of every contestant;  --steps  passes over the examples within a turn (a pass of a and c is one step)
 * --small   tiny models: shows in seconds that everything runs, measures nothing
 */
import { readFlags, runScript } from '../engine/command-flags.ts'
import { StudioError } from '../engine/errors.ts'
import { type DeviceInfo, findDevice, REFERENCE_DEVICE } from '../engine/runtimes/index.ts'
import { judge, type PartReport } from './judge.ts'
import { describeMachine, findPeer, type Machine, type Peer } from './machine.ts'
import { type Conditions, measure } from './measure.ts'
import { makeParts, type PartId, partIds } from './parts/index.ts'
import { peers } from './parts/part.ts'
import { partTable } from './table.ts'

/** What `--json` prints. */
export interface BenchReport {
  readonly machine: Machine
  readonly peer: Peer
  readonly device: string
  readonly small: boolean
  readonly parts: readonly PartReport[]
}

const flags = {
  json: { type: 'boolean', default: false },
  only: { type: 'string' },
  device: { type: 'string', default: REFERENCE_DEVICE },
  peer: { type: 'string', default: peers.map(({ setting }) => setting).join(',') },
  rounds: { type: 'string' },
  steps: { type: 'string' },
  small: { type: 'boolean', default: false },
} as const

/** Where `--only` is left out. */
const usualParts: Record<DeviceInfo['hardware'], readonly PartId[]> = {
  processor: ['a', 'b', 'c'],
  accelerator: ['a', 'b', 'd', 'e'],
}

async function readArguments() {
  const values = readFlags(flags)
  const device = await findDevice(values.device)
  const count = (name: 'rounds' | 'steps'): number | undefined => {
    const text = values[name]
    if (text === undefined || /^[1-9]\d*$/.test(text)) return text === undefined ? undefined : Number(text)
    throw new StudioError('bad-argument', `--${name} ${text} is not a count.`, 'Give a whole number from 1.')
  }
  const letters = values.only?.split(',') ?? usualParts[device.hardware]
  const only = letters.map((letter) => {
    const id = partIds.find((one) => one === letter)
    if (id !== undefined) return id
    throw new StudioError(
      'bad-argument',
      `There is no part "${letter}".`,
      `Choose from ${partIds.join(', ')}.`,
    )
  })
  const peerSettings = values.peer.split(',')
  const unknown = peerSettings.find((name) => peers.every(({ setting }) => setting !== name))
  if (unknown !== undefined)
    throw new StudioError(
      'bad-argument',
      `The peer has no setting "${unknown}".`,
      `Choose from ${peers.map(({ setting }) => setting).join(', ')}.`,
    )
  return { ...values, device, only, peerSettings, rounds: count('rounds'), passes: count('steps') }
}

function header({ processor, cores, features, memoryBytes, node, loadBefore }: Machine, peer: Peer): string {
  const busy =
    loadBefore > 0.3 ? `The machine was busy (load ${loadBefore.toFixed(1)}): do not trust the times.\n` : ''
  return `${processor}, ${cores} cores (${features.join(' ')}), ${(memoryBytes / 1e9).toFixed(0)} GB, Node ${node}\n${peer.detail}\n${busy}`
}

async function main(): Promise<void> {
  const { json, only, device, peerSettings, rounds, passes, small } = await readArguments()
  const machine = describeMachine()
  const peer = await findPeer()
  const print = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`)
  print(header(machine, peer))
  if (device.id !== REFERENCE_DEVICE)
    print(`Ours computes on ${device.id}: ${device.title}, ${device.detail}.\n`)
  if (small) print('--small: tiny models and texts. The figures and goals below mean nothing.\n')
  const parts: PartReport[] = []
  const conditions: Conditions = {
    peerPython: peer.python,
    ...{ threads: machine.cores, device, peerSettings, rounds, passes },
  }
  const chosen = (await Promise.all(only.map((id) => makeParts(id, small)))).flat()
  for (const part of chosen) {
    const report = judge(part, await measure(part, conditions, (text) => process.stderr.write(`${text}\n`)))
    parts.push(report)
    print(partTable(report))
  }
  const report: BenchReport = { machine, peer, device: device.id, small, parts }
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
}

await runScript(main)
