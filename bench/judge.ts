/** What the measurements mean: ratios between ours and the peer, goals, and whether both did the same work. */
import type { Measured } from './measure.ts'
import { float32Peer, type Goal, type Part } from './parts/part.ts'

/** Ours against a peer, larger is better for speed, smaller for memory. */
export interface Ratio {
  readonly of: string
  readonly against: string
  /** Useful tokens per second. */
  readonly speed: number
  /** Peak anonymous bytes. */
  readonly memory: number | null
}

export interface JudgedGoal extends Goal {
  /** null where it could not be measured. */
  readonly reached: number | null
  readonly met: boolean | null
}

/** That ours and the peer in float32 trained on the same labels with the same loss. */
export interface SameWork {
  readonly what: string
  readonly ours: number
  readonly peer: number
  readonly same: boolean
}

export interface PartReport {
  readonly id: string
  readonly title: string
  readonly contestants: readonly Measured[]
  readonly ratios: readonly Ratio[]
  readonly goals: readonly JudgedGoal[]
  readonly sameWork: readonly SameWork[]
  readonly note: string | null
}

const LOSS_TOLERANCE = 1e-3

export function judge(part: Part, contestants: readonly Measured[]): PartReport {
  const [ours, peers] = [side(contestants, 'ours'), side(contestants, 'peer')]
  return {
    id: part.id,
    title: part.title,
    contestants,
    ratios: ours.flatMap((one) => peers.map((peer) => ratio(one, peer))),
    goals: part.goals.map((goal) => judgeGoal(goal, contestants, peers)),
    sameWork: compareWork(
      part,
      ours[0],
      peers.find((p) => p.name === float32Peer),
    ),
    note: part.note ?? null,
  }
}

const side = (contestants: readonly Measured[], which: Measured['side']) =>
  contestants.filter((one) => one.side === which)

function ratio(one: Measured, peer: Measured): Ratio {
  const [mine, theirs] = [one.peakMemory.anonymous, peer.peakMemory.anonymous]
  return {
    of: one.name,
    against: peer.name,
    speed: one.usefulTokensPerSecond / peer.usefulTokensPerSecond,
    memory: mine === null || theirs === null ? null : mine / theirs,
  }
}

function judgeGoal(goal: Goal, contestants: readonly Measured[], peers: readonly Measured[]): JudgedGoal {
  const of = contestants.find((one) => one.name === goal.of)
  const against =
    goal.against === 'fastest peer'
      ? peers.toSorted((a, b) => b.usefulTokensPerSecond - a.usefulTokensPerSecond)[0]
      : peers.find((peer) => peer.name === goal.against)
  const reached = of && against ? ratio(of, against)[goal.what] : null
  const met =
    reached === null ? null : goal.what === 'speed' ? reached >= goal.wanted : reached <= goal.wanted
  return { ...goal, reached, met }
}

function compareWork(part: Part, ours: Measured | undefined, peer: Measured | undefined): SameWork[] {
  if (!ours || !peer) return []
  // Packed, the first steps are made of other examples: the mean over all of them must agree.
  const loss = part.job.packing ? 'passLoss' : 'firstLoss'
  return [
    {
      what: 'useful tokens per pass',
      ours: ours.usefulTokens,
      peer: peer.usefulTokens,
      same: ours.usefulTokens === peer.usefulTokens,
    },
    {
      what: part.job.packing ? 'mean loss of a pass' : 'loss of the first step',
      ours: ours[loss],
      peer: peer[loss],
      same: Math.abs(ours[loss] - peer[loss]) <= LOSS_TOLERANCE,
    },
  ]
}
