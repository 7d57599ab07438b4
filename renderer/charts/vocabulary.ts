/** Names and formats of metrics and axes, asked for once: they do not change while the host lives. */

import type { Vocabulary } from '../../electron/contract/compare.ts'
import type { StudioClient } from '../../electron/contract.ts'

const known = new WeakMap<StudioClient, Promise<Vocabulary>>()

export function vocabularyOf(client: StudioClient): Promise<Vocabulary> {
  let vocabulary = known.get(client)
  if (vocabulary === undefined) {
    vocabulary = client.compare.vocabulary()
    known.set(client, vocabulary)
    // What failed is asked for again.
    vocabulary.catch(() => known.delete(client))
  }
  return vocabulary
}
