/** Measures a part: every contestant is a waiting process, and they take turns so that noise hits all alike. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Contestant, type PeakMemory } from './contestant.ts'
import type { Ready } from './job.ts'
import type { Entrant, Part } from './parts.ts'

export interface Conditions {
  readonly peerPython: string | null
  readonly threads: number
  /** Override what the part says. */
  readonly rounds?: number | undefined
  readonly passes?: number | undefined
}

export interface Measured extends Ready, Pick<Entrant, 'name' | 'side' | 'setting'> {
  /** Median over rounds of the median time within a round. */
  readonly stepMs: number
  readonly fastestStepMs: number
  readonly usefulTokensPerSecond: number
  readonly peakMemory: PeakMemory
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

const here = import.meta.dirname

/** @param say is told what happens */
export async function measure(
  part: Part,
  conditions: Conditions,
  say: (text: string) => void,
): Promise<Measured[]> {
  const { peerPython, threads } = conditions
  const [rounds, passes] = [conditions.rounds ?? part.rounds, conditions.passes ?? part.passes]
  const running: (Entrant & { contestant: Contestant; ready: Ready; startSeconds: number; log: TurnLog })[] = []
  try {
    for (const entrant of part.entrants) {
      if (entrant.side === 'peer' && peerPython === null) continue
      say(`${part.id}: ${entrant.name} starts`)
      const command = ourOrPeer(entrant, peerPython)
      const job = { ...part.job, setting: entrant.setting, threads, learningRate: LEARNING_RATE }
      const start = performance.now()
      const started = await Contestant.start(entrant.name, command, job)
      const startSeconds = (performance.now() - start) / 1000
      running.push({ ...entrant, ...started, startSeconds, log: { medians: [], fastest: Infinity, idle: 0 } })
    }
    let [total, passLosses] = [0, new Map<string, number>()]
    for (let round = 1; round <= rounds; round++) {
      say(`${part.id}: round ${round} of ${rounds}`)
      for (const { name, contestant, log } of running) {
        await sleep(SETTLE_MS)
        const before = running.map((r) => r.contestant.processorSeconds)
        const { milliseconds, loss } = await contestant.turn(passes)
        total += milliseconds.reduce((a, b) => a + b, 0) / 1000
        for (const [i, other] of running.entries())
          if (other.contestant !== contestant) other.log.idle += other.contestant.processorSeconds - before[i]!
        log.medians.push(median(milliseconds))
        log.fastest = Math.min(log.fastest, ...milliseconds)
        if (!passLosses.has(name)) passLosses.set(name, loss)
      }
    }
    return running.map(({ contestant, ready, log, ...rest }) => {
      const passMs = median(log.medians)
      return {
        ...rest,
        ...ready,
        stepMs: passMs / ready.stepsPerPass,
        fastestStepMs: log.fastest / ready.stepsPerPass,
        usefulTokensPerSecond: (1000 * ready.usefulTokens) / passMs,
        peakMemory: contestant.peakMemory(),
        passLoss: passLosses.get(rest.name)!,
        busyWhileIdle: log.idle / total,
      }
    })
  } finally {
    for (const { contestant } of running) await contestant.stop()
  }
}
