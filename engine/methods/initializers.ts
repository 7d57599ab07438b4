/** How a trained tensor starts. */

import type { Tokenizer } from '../data/tokenizer/tokenizer.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { sizeOf } from '../graph/host-tensor.ts'
import type { Random } from './random.ts'

/** What an initial value may be computed from. */
export interface InitContext {
  readonly random: Random
  /** A tensor of the base model by Hugging Face name, float32. */
  weight(name: string): Promise<HostTensor>
  /** The same as the model computes with it while it is frozen: rounded where it is kept in fewer bits. */
  frozenWeight(name: string): Promise<HostTensor>
  readonly embeddingWeight: string
  /** @throws StudioError where the model folder has no tokenizer */
  tokenizer(): Promise<Pick<Tokenizer, 'encode'>>
}

export type Initializer = (
  shape: readonly number[],
  context: InitContext,
) => Promise<Float32Array> | Float32Array

const fill =
  (next: (random: Random) => number): Initializer =>
  (shape, { random }) => {
    const data = new Float32Array(sizeOf(shape))
    for (let i = 0; i < data.length; i++) data[i] = next(random)
    return data
  }

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape))
export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1)
export const normal = (deviation: number): Initializer => fill((random) => deviation * random.normal())
export const uniform = (bound: number): Initializer => fill((random) => bound * (2 * random.uniform() - 1))

/** Normal, redrawn beyond ±`cut`. */
export const truncatedNormal = (deviation: number, cut: number): Initializer =>
  fill((random) => {
    for (;;) {
      const x = deviation * random.normal()
      if (Math.abs(x) <= cut) return x
    }
  })

/** PyTorch's `kaiming_uniform_(a=√5)`: uniform in ±1/√fan_in, fan_in = the second dimension. */
export const kaimingUniform: Initializer = (shape, context) =>
  uniform(1 / Math.sqrt(shape[1] ?? 1))(shape, context)

/** A copy of a base tensor. */
export const copyOf =
  (name: string): Initializer =>
  async (_, context) =>
    Float32Array.from((await context.weight(name)).data as Float32Array)
