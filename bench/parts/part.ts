/** What a part of the benchmark says: who takes part, in what work, and what is to be reached. */
import { type BaseModel, baseModel } from '../base-models.ts'
import type { Job } from '../job.ts'
import { gpt2Small, gpt2Tiny } from '../shapes.ts'

export type Side = 'ours' | 'peer'

export interface Entrant extends Pick<Job, 'setting' | 'weights'> {
  readonly name: string
  readonly side: Side
}

/** `speed`: useful tokens per second, at least; `memory`: peak anonymous bytes, at most; both as a multiple of `against`. */
export interface Goal {
  readonly what: 'speed' | 'memory'
  readonly of: string
  readonly against: string | 'fastest peer'
  readonly wanted: number
}

export interface Part {
  readonly id: string
  readonly title: string
  readonly entrants: readonly Entrant[]
  readonly job: Omit<Job, 'setting' | 'weights' | 'threads' | 'device' | 'hardware' | 'learningRate'>
  readonly rounds: number
  /** Passes over the examples in a turn of a contestant. */
  readonly passes: number
  readonly goals: readonly Goal[]
  readonly note?: string
}

const ours = (setting: string): Entrant => ({
  name: `ours, ${setting}`,
  side: 'ours',
  setting,
  weights: 'float32',
})

export const fast = ours('fast')
export const lowMemory = ours('low-memory')

export const peers: readonly Entrant[] = ['float32', 'bfloat16-autocast', 'bfloat16-weights'].map(
  (setting) => ({ name: `peer, ${setting.replace('-', ' ')}`, side: 'peer', setting, weights: 'float32' }),
)

/** The one against whose float32 the goals are set. */
export const float32Peer = peers[0]!.name

export const faster = (wanted: number, against: string): Goal => ({
  what: 'speed',
  of: fast.name,
  against,
  wanted,
})

export const memoryGoals: readonly Goal[] = [
  { what: 'memory', of: fast.name, against: float32Peer, wanted: 0.9 },
  { what: 'memory', of: lowMemory.name, against: float32Peer, wanted: 0.4 },
  { what: 'speed', of: lowMemory.name, against: float32Peer, wanted: 1 },
]

/** A GPT-2 small with this vocabulary; `small` stands for a tiny one. */
export const gpt2Model = (vocabulary: number, small: boolean): Promise<BaseModel> =>
  baseModel(`gpt2-${small ? 'tiny' : 'small'}-${vocabulary}`, (small ? gpt2Tiny : gpt2Small)(vocabulary))
