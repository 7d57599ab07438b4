/** Rotary position angles: default, linear, dynamic and llama3 scaling as in transformers' `modeling_rope_utils`. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { constant, type Value } from '../graph/value.ts'
import { mul } from '../ops/arithmetic.ts'
import { cast } from '../ops/cast.ts'
import { reshape } from '../ops/layout.ts'
import { cos, sin } from '../ops/math.ts'

const scalingSchema = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
  factor: z.number().positive().optional(),
  low_freq_factor: z.number().positive().optional(),
  high_freq_factor: z.number().positive().optional(),
  original_max_position_embeddings: z.number().int().positive().optional(),
})

export const ropeFields = {
  rope_theta: z.number().positive().optional(),
  rope_scaling: scalingSchema.nullish(),
  /** transformers ≥ 5 writes theta and scaling here. */
  rope_parameters: scalingSchema.nullish(),
}

export interface Rope {
  readonly theta: number
  readonly type: 'default' | 'linear' | 'dynamic' | 'llama3'
  readonly factor: number
  readonly lowFrequencyFactor: number
  readonly highFrequencyFactor: number
  readonly originalLength: number
}

interface RopeConfig {
  rope_theta?: number | undefined
  rope_scaling?: z.infer<typeof scalingSchema> | null | undefined
  rope_parameters?: z.infer<typeof scalingSchema> | null | undefined
  max_position_embeddings: number
}

const known = ['default', 'linear', 'dynamic', 'llama3'] as const

/** @throws StudioError('unsupported') for a scaling this engine does not compute */
export function parseRope(config: RopeConfig): Rope {
  const scaling = config.rope_parameters ?? config.rope_scaling ?? {}
  const name = scaling.rope_type ?? scaling.type ?? 'default'
  const type = known.find((k) => k === name)
  if (type === undefined)
    throw new StudioError(
      'unsupported',
      `The model scales its rotary positions by "${name}", which is not supported.`,
      `Choose a model with one of: ${known.join(', ')}.`,
    )
  return {
    theta: scaling.rope_theta ?? config.rope_theta ?? 10000,
    type,
    factor: scaling.factor ?? 1,
    lowFrequencyFactor: scaling.low_freq_factor ?? 1,
    highFrequencyFactor: scaling.high_freq_factor ?? 4,
    originalLength: scaling.original_max_position_embeddings ?? config.max_position_embeddings,
  }
}

/** Angle per position for each pair of elements, [size / 2]; `length` matters to dynamic scaling only. */
export function inverseFrequencies(rope: Rope, size: number, length: number): Float32Array {
  const { type, factor, originalLength } = rope
  let theta = rope.theta
  if (type === 'dynamic' && length > originalLength)
    theta *= ((factor * length) / originalLength - (factor - 1)) ** (size / (size - 2))
  const plain = Float32Array.from({ length: size / 2 }, (_, i) => 1 / theta ** ((2 * i) / size))
  if (type === 'linear') return plain.map((f) => f / factor)
  if (type === 'llama3') return plain.map((f) => llama3(rope, f))
  return plain
}

/** Long waves are stretched by the factor, short ones kept, those between interpolated (Llama 3.1). */
function llama3(rope: Rope, frequency: number): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = rope
  const wave = (2 * Math.PI) / frequency
  if (wave > originalLength / low) return frequency / factor
  if (wave < originalLength / high) return frequency
  const smooth = (originalLength / wave - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** cos and sin of the angles of `positions` (int32 [rows, length]): [rows, length, size / 2] each. */
export function rotaryAngles(
  rope: Rope,
  size: number,
  positions: Value,
  longest: number,
): { cos: Value; sin: Value } {
  const [rows, length] = positions.shape as [number, number]
  const frequencies = inverseFrequencies(rope, size, longest)
  const table = constant({ dtype: 'float32', shape: [1, 1, size / 2], data: frequencies })
  const angles = mul(reshape(cast(positions, 'float32'), [rows, length, 1]), table)
  return { cos: cos(angles), sin: sin(angles) }
}
