/** What would need less memory than a run that does not fit: changes of its settings, each with the total it comes to. */
import { StudioError } from '../errors.ts'
import { type TrainingSettings, trainingFields } from './plan-fields.ts'

export interface MemoryOption {
  /** What differs from the settings that do not fit. */
  readonly changes: Partial<TrainingSettings>
  /** The same for people, such as `2 rows per step`. */
  readonly words: string
  readonly totalBytes: number
}

/** Shorter rows hold no example worth training on. */
const SHORTEST = 32

/**
 * Every kind of change by itself: halving goes on until the run fits. Where none fits alone, the last option is all of them
 * together.
 * @param totalOf bytes of the run with other settings; what it refuses with a StudioError is no option
 */
export function memoryOptions(
  settings: TrainingSettings,
  limitBytes: number,
  totalOf: (settings: TrainingSettings) => number,
): MemoryOption[] {
  const option = (changes: Partial<TrainingSettings>, words: string): MemoryOption[] => {
    try {
      return [{ changes, words, totalBytes: totalOf({ ...settings, ...changes }) }]
    } catch (error) {
      if (error instanceof StudioError) return []
      throw error
    }
  }
  const halved = (key: 'batch' | 'length', least: number, words: (n: number) => string): MemoryOption[] => {
    let last: MemoryOption[] = []
    for (let n = settings[key] >> 1; n >= least; n >>= 1) {
      const made = option({ [key]: n }, words(n))
      if (made.length > 0) last = made
      if (made.some(({ totalBytes }) => totalBytes <= limitBytes)) break
    }
    return last
  }
  const alone = [
    ...(settings.profile === 'fast' ? option({ profile: 'low-memory' }, 'the low-memory profile') : []),
    ...halved('batch', 1, (n) => `${n} ${n === 1 ? 'row' : 'rows'} per step`),
    ...halved('length', SHORTEST, (n) => `${n} tokens per row`),
    ...(settings.recompute === 'layers' ? [] : option({ recompute: 'layers' }, 'recomputing whole layers')),
    ...smallerWeights(settings).flatMap(([weights, words]) => option({ weights }, words)),
  ]
  if (alone.some(({ totalBytes }) => totalBytes <= limitBytes)) return alone
  const together = Object.assign({}, ...alone.map(({ changes }) => changes)) as Partial<TrainingSettings>
  return alone.length < 2 ? alone : [...alone, ...option(together, 'all of these together')]
}

/** Ways to keep the base that take less than the present one, the largest first. */
function smallerWeights({ weights }: TrainingSettings): [TrainingSettings['weights'], string][] {
  const choices = Object.keys(trainingFields.weights.options) as TrainingSettings['weights'][]
  return choices
    .slice(choices.indexOf(weights) + 1)
    .map((choice) => [choice, `${choice === '8-bit' ? 'an' : 'a'} ${choice} base`])
}
