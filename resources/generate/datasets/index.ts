/** The built-in instruction datasets; the first is the one the studio opens with. */
import type { Dataset } from './dataset.ts'
import { factsJson } from './facts-json.ts'
import { feelings } from './feelings.ts'
import { pirate } from './pirate.ts'

export const DATASETS: readonly Dataset[] = [pirate, factsJson, feelings]
