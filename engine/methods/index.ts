/** The registry of methods. */
import { StudioError } from '../errors.ts'
import { adapter } from './adapter.ts'
import { adapterHoulsby } from './adapter-houlsby.ts'
import { adapterParallel } from './adapter-parallel.ts'
import { adapterPlus } from './adapter-plus.ts'
import { dora } from './dora.ts'
import { loadExtraMethods } from './extra-methods.ts'
import { fewShot } from './few-shot.ts'
import type { Fields } from './fields.ts'
import { full } from './full.ts'
import { ia3 } from './ia3.ts'
import { lora } from './lora.ts'
import type { Method } from './method.ts'
import { promptTuning } from './prompt-tuning.ts'
import { rslora } from './rslora.ts'

/** A method of which only the contract is known. */
// biome-ignore lint/suspicious/noExplicitAny: the registry forgets each method's own configuration type
export type AnyMethod = Method<Fields, any>

const list = [
  lora,
  rslora,
  dora,
  ia3,
  promptTuning,
  adapter,
  adapterHoulsby,
  adapterParallel,
  adapterPlus,
  full,
  fewShot,
]

/** The methods of the studio, and those that a developer tries out (see extra-methods.ts). */
export const methods: ReadonlyMap<string, AnyMethod> = new Map(
  [...list, ...(await loadExtraMethods(list.map((m) => m.name)))].map((m: AnyMethod) => [m.name, m]),
)

/** @throws StudioError('bad-argument') for a name that is not registered */
export function findMethod(name: string): AnyMethod {
  const method = methods.get(name)
  if (method !== undefined) return method
  throw new StudioError(
    'bad-argument',
    `There is no method called "${name}".`,
    `Choose one of: ${[...methods.keys()].join(', ')}.`,
  )
}
