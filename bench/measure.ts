/** Measures a part: every contestant is a waiting process, and they take turns so that noise hits all alike. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeviceInfo } from '../engine/runtimes/index.ts'
import { processFlags } from '../engine/train/process-flags.ts'
import { Contestant, type PeakMemory } from './contestant.ts'
import type { Ready } from './job.ts'
import type { Entrant, Part } from './parts/part.ts'

export interface Conditions {
  readonly peerPython: string | null
  /** The peer's settings that take part. */
  readonly peerSettings: readonly string[]
  readonly threads: number
  /** What ours computes on. */
  readonly device: Pick<DeviceInfo, 'id' | 'hardware'>
  /** These two override what the part says. */
  readonly rounds?: number | undefined
  readonly passes?: number | undefined
}

export interface Measured extends Entrant, Ready {
  /** Median over rounds of the median within a round. */
  readonly stepMs: number
  readonly fastestStepMs: number
  readonly usefulTokensPerSecond: number
  readonly peakMemory: PeakMemory
  /** Highest memory of the graphics card in bytes; null where it is not known. */
  readonly deviceMemory: number | null
  /** Loading, compiling and warming up. */
  readonly startSeconds: number
  /** Mean loss per label of the first measured pass. */
  readonly passLoss: number
  /** Cores it kept busy while others had their turn: must be about 0. */
  readonly busyWhileIdle: number
}

/** So small that the loss stays the same for as many steps as we measure, yet every step does its full work. */
const LEARNING_RATE = 1e-6

/** After a turn, threads spin for some milliseconds before they sleep. */
const SETTLE_MS = 300

interface Running {
  readonly entrant: Entrant
  readonly contestant: Contestant
  readonly ready: Ready
  readonly startSeconds: number
  /** Times of the passes of every round. */
  readonly rounds: number[][]
  passLoss: number
  deviceMemory: number | null
  idleProcessorSeconds: number
  idleSeconds: number
}

/** @param say is told what happens */
export async function measure(
  part: Part,
  conditions: Conditions,
  say: (text: string) => void,
): Promise<Measured[]> {
  const running: Running[] = []
  try {
    for (const entrant of part.entrants) {
      if (!takesPart(entrant, conditions)) continue
      say(`${part.id}: ${entrant.name} starts`)
      running.push(await start(part, entrant, conditions))
    }
    const rounds = conditions.rounds ?? part.rounds
    for (let round = 1; round <= rounds; round++) {
      say(`${part.id}: round ${round} of ${rounds}`)
      for (const one of running) await turn(one, running, conditions.passes ?? part.passes)
    }
    return running.map(summary)
  } finally {
    for (const { contestant } of running) await contestant.stop()
  }
}

function takesPart({ side, setting }: Entrant, { peerPython, peerSettings }: Conditions): boolean {
  return side === 'ours' || (peerPython !== null && peerSettings.includes(setting))
}

async function start(
  part: Part,
  entrant: Entrant,
  { peerPython, threads, device }: Conditions,
): Promise<Running> {
  const at = (script: string) => join(import.meta.dirname, script)
  const command: [string, ...string[]] =
    entrant.side === 'ours'
      ? [process.execPath, ...processFlags, at('ours.ts')]
      : [peerPython ?? 'python3', at('peer.py')]
  const began = performance.now()
  const started = await Contestant.start(entrant.name, command, {
    ...part.job,
    setting: entrant.setting,
    weights: entrant.weights,
    threads,
    device: device.id,
    hardware: device.hardware,
    learningRate: LEARNING_RATE,
  })
  return {
    ...started,
    entrant,
    startSeconds: (performance.now() - began) / 1000,
    rounds: [],
    passLoss: Number.NaN,
    deviceMemory: null,
    idleProcessorSeconds: 0,
    idleSeconds: 0,
  }
}

async function turn(one: Running, all: readonly Running[], passes: number): Promise<void> {
  await sleep(SETTLE_MS)
  const others = all.filter((other) => other !== one)
  const before = others.map(({ contestant }) => contestant.processorSeconds)
  const began = performance.now()
  const { milliseconds, loss, deviceMemory } = await one.contestant.turn(passes)
  const seconds = (performance.now() - began) / 1000
  for (const [i, other] of others.entries()) {
    other.idleProcessorSeconds += other.contestant.processorSeconds - before[i]!
    other.idleSeconds += seconds
  }
  if (one.rounds.length === 0) one.passLoss = loss
  one.deviceMemory = deviceMemory
  one.rounds.push(milliseconds)
}

function summary(one: Running): Measured {
  const { entrant, contestant, ready, startSeconds, rounds, passLoss, deviceMemory } = one
  const passMs = median(rounds.map(median))
  return {
    ...entrant,
    ...ready,
    stepMs: passMs / ready.stepsPerPass,
    fastestStepMs: Math.min(...rounds.flat()) / ready.stepsPerPass,
    usefulTokensPerSecond: (1000 * ready.usefulTokens) / passMs,
    peakMemory: contestant.peakMemory(),
    deviceMemory,
    startSeconds,
    passLoss,
    busyWhileIdle: one.idleSeconds === 0 ? 0 : one.idleProcessorSeconds / one.idleSeconds,
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
}
