/** The random base models of the benchmark: written once, kept in the cache folder of the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { writeRandomModel } from '../engine/files/random-model.ts'
import { gpt2Small, gpt2Tiny } from './shapes.ts'

const cache = join(import.meta.dirname, '..', '.cache', 'bench')

/** Folder of a GPT-2 with random weights; `small` stands for a tiny one that steps in milliseconds. */
export async function baseModel(vocabulary: number, small: boolean): Promise<string> {
  const dir = join(cache, `gpt2-${small ? 'tiny' : 'small'}-${vocabulary}`)
  const config = (small ? gpt2Tiny : gpt2Small)(vocabulary)
  // config.json is written last: where the right one is, the model is complete.
  const written = join(dir, 'config.json')
  if (!existsSync(written) || !isDeepStrictEqual(JSON.parse(readFileSync(written, 'utf8')), config))
    await writeRandomModel(dir, config)
  return dir
}
