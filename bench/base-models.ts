/** The random base models of the benchmarks: written once, kept in the cache folder of the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { writeRandomModel } from '../engine/files/random-model.ts'
import type { Shape } from './shapes.ts'

const cache = join(import.meta.dirname, '..', '.cache', 'bench')

export interface BaseModel {
  /** Folder of the model. */
  readonly dir: string
  /** Where its weights in other forms are kept. */
  readonly copies: string
}

/** A model of this shape with random weights (matrices N(0, 0.02²)). */
export async function baseModel(name: string, shape: Shape): Promise<BaseModel> {
  const [dir, copies] = [join(cache, name), join(cache, `${name}.copies`)]
  // config.json is written last: where the right one is, the model is complete.
  const written = join(dir, 'config.json')
  if (!existsSync(written) || !isDeepStrictEqual(JSON.parse(readFileSync(written, 'utf8')), shape)) {
    for (const stale of [dir, copies]) await rm(stale, { recursive: true, force: true })
    await writeRandomModel(dir, shape)
  }
  return { dir, copies }
}
