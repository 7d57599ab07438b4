/** What is measured: the parts of the benchmark, who takes part, and what is to be reached. */
import { baseModel } from './base-models.ts'
import { fullRows, instructions } from './examples.ts'
import type { Job } from './job.ts'

export type Side = 'ours' | 'peer'

export interface Entrant {
  readonly name: string
  readonly side: Side
  readonly setting: string
}

const [fast, lowMemory] = ['fast', 'low-memory'].map(
  (setting): Entrant => ({ name: `ours, ${setting}`, side: 'ours', setting }),
) as [Entrant, Entrant]
const peers = ['float32', 'bfloat16-autocast', 'bfloat16-weights'].map(
  (setting): Entrant => ({ name: `peer, ${setting.replace('-', ' ')}`, side: 'peer', setting }),
)

/** The one against whose float32 the goals are set. */
export const float32Peer = peers[0]!.name

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
  readonly job: Omit<Job, 'setting' | 'threads' | 'device' | 'learningRate'>
  readonly rounds: number
  /** Passes over the examples in a turn of a contestant. */
  readonly passes: number
  readonly goals: readonly Goal[]
  readonly note?: string
}

const memoryGoals: readonly Goal[] = [
  { what: 'memory', of: fast.name, against: float32Peer, wanted: 0.9 },
  { what: 'memory', of: lowMemory.name, against: float32Peer, wanted: 0.4 },
  { what: 'speed', of: lowMemory.name, against: float32Peer, wanted: 1 },
]

const faster = (wanted: number, against: string): Goal => ({ what: 'speed', of: fast.name, against, wanted })

/**
 * @param only  first letters of the parts
 * @param small tiny models and texts: shows that everything runs, measures nothing
 */
export async function partsOf(only: readonly string[], small: boolean): Promise<Part[]> {
  const parts: Part[] = []
  const [rows, length, vocabulary] = small ? [2, 16, 512] : [2, 128, 8192]
  const rawStep = async (method: string): Promise<Part['job']> => ({
    model: await baseModel(vocabulary, small),
    method,
    examples: fullRows(rows, length, vocabulary),
    batchSize: rows,
    packing: false,
  })
  if (only.includes('a'))
    parts.push({
      id: 'a',
      title: `Raw step: LoRA r=8 on q, k and v, ${rows} × ${length} tokens, all learned`,
      entrants: [fast, lowMemory, ...peers],
      job: await rawStep('lora'),
      rounds: 5,
      passes: 5,
      goals: [faster(1.2, float32Peer), ...memoryGoals],
    })
  if (only.includes('b')) {
    const words = small ? 1024 : 32_000
    const lengths = small
      ? { shortest: 5, typical: 12, longest: 40 }
      : { shortest: 20, typical: 130, longest: 500 }
    const examples = instructions(small ? 8 : 40, lengths, words)
    parts.push({
      id: 'b',
      title: `Instruction data: LoRA r=8, ${examples.length} texts of ${lengths.shortest}–${lengths.longest} tokens, answers learned, vocabulary ${words}`,
      entrants: [fast, lowMemory, ...peers],
      job: { model: await baseModel(words, small), method: 'lora', examples, batchSize: 4, packing: true },
      rounds: 3,
      passes: 1,
      goals: [faster(2.3, float32Peer), faster(1.3, 'fastest peer'), ...memoryGoals],
    })
  }
  if (only.includes('c'))
    for (const method of ['lora', 'ia3', 'prompt-tuning', 'adapter']) {
      const alone = method === 'adapter'
      parts.push({
        id: `c-${method}`,
        title: `Raw step with ${method}`,
        entrants: alone ? [fast] : [fast, ...peers],
        job: await rawStep(method),
        rounds: 3,
        passes: 3,
        goals: [],
        ...(alone ? { note: 'Hugging Face PEFT has no bottleneck adapter: ours only.' } : {}),
      })
    }
  return parts
}
