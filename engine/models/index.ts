/** The registry of architectures, by the `model_type` of config.json. */
import { StudioError } from '../errors.ts'
import type { Architecture, Model } from './architecture.ts'
import { gpt2 } from './gpt2.ts'
import { llama } from './llama.ts'
import { mistral } from './mistral.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'

export const architectures: Readonly<Record<string, Architecture>> = { gpt2, llama, mistral, qwen2, qwen3 }

const byType = new Map(Object.values(architectures).flatMap((a) => a.modelTypes.map((type) => [type, a])))

/** @throws StudioError('unsupported') for an architecture that is not known */
export function architectureOf(config: Readonly<Record<string, unknown>>): Architecture {
  const type = config.model_type
  const architecture = typeof type === 'string' ? byType.get(type) : undefined
  if (architecture !== undefined) return architecture
  const named = Array.isArray(config.architectures) ? ` (${config.architectures.join(', ')})` : ''
  throw new StudioError(
    'unsupported',
    `The model type ${JSON.stringify(type)}${named} is not supported.`,
    `Choose a model of one of these types: ${[...byType.keys()].join(', ')}.`,
  )
}

/** @throws StudioError('unsupported') as `architectureOf`, 'bad-model' where config.json is incomplete */
export function readModel(config: Readonly<Record<string, unknown>>): Model {
  return architectureOf(config).read(config)
}
