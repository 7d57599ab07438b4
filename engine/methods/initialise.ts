/** Gives every trained tensor its first values. */

import { loadTokenizer } from '../data/tokenizer/load-tokenizer.ts'
import { float32, type HostTensor } from '../graph/host-tensor.ts'
import type { LoadedModel } from '../models/load.ts'
import type { TrainedTensor } from './attach.ts'
import { createRandom } from './random.ts'

/** Values by key; each tensor has a random stream of its own, so adding one changes no other. */
export async function initialise(
  loaded: LoadedModel,
  tensors: readonly TrainedTensor[],
  seed: number,
): Promise<Map<string, HostTensor>> {
  const values = new Map<string, HostTensor>()
  for (const { key, shape, init } of tensors) {
    const data = await init(shape, {
      random: createRandom(seed, key),
      weight: (name) => loaded.read(name),
      frozenWeight: (name) => loaded.readFrozen(name),
      embeddingWeight: `${loaded.model.facts.embeddingModule}.weight`,
      tokenizer: () => loadTokenizer(loaded.folder.dir),
    })
    values.set(key, float32(shape, data))
  }
  return values
}
