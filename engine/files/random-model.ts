/** Base models of any shape with random weights, in Hugging Face layout, for training from scratch and for measurements. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sizeOf } from '../graph/host-tensor.ts'
import { createRandom } from '../methods/random.ts'
import { readModel } from '../models/index.ts'
import { survey } from '../models/load.ts'
import { writeJsonAtomic } from './atomic.ts'
import { writeSafetensors } from './safetensors.ts'

/** Writes config.json and model.safetensors (matrices N(0, 0.02²), norm weights 1, biases 0). */
export async function writeRandomModel(
  dir: string,
  config: Readonly<Record<string, unknown>>,
  seed = 1,
): Promise<void> {
  await mkdir(dir, { recursive: true })
  const { parameters } = survey(readModel(config))
  const lazy = [...parameters].map(([name, shape]) => {
    const load = async (): Promise<Float32Array> => {
      const data = new Float32Array(sizeOf(shape))
      if (shape.length === 1) return data.fill(name.endsWith('.bias') ? 0 : 1)
      const random = createRandom(seed, name)
      for (let i = 0; i < data.length; i++) data[i] = 0.02 * random.normal()
      return data
    }
    return [name, { dtype: 'F32' as const, shape, load }] as const
  })
  await writeSafetensors(join(dir, 'model.safetensors'), Object.fromEntries(lazy))
  await writeJsonAtomic(join(dir, 'config.json'), config)
}
