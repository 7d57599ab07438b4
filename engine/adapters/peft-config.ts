/** Hugging Face PEFT's `adapter_config.json`, both ways. */
import { StudioError } from '../errors.ts'
import { parseFields } from '../methods/fields.ts'
import { type AnyMethod, methods } from '../methods/index.ts'
import type { ModelFacts } from '../models/architecture.ts'

/** Options of PEFT configs that this engine does not compute: any of them switched on is refused. */
const unsupported: Readonly<Record<string, readonly string[]>> = {
  LORA: [
    'alora_invocation_tokens',
    'arrow_config',
    'corda_config',
    'eva_config',
    'kasa_config',
    'layer_replication',
    'loftq_config',
    'lora_ga_config',
    'megatron_config',
    'monteclora_config',
    'target_parameters',
    'use_bdlora',
    'use_qalora',
    'velora_config',
  ],
  IA3: [],
  PROMPT_TUNING: ['tokenizer_kwargs'],
}

/** Keys that say nothing about the function the adapter computes. */
const informative = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'fan_in_fan_out',
  'inference_mode',
  'init_lora_weights',
  'megatron_core',
  'num_attention_heads',
  'num_layers',
  'num_transformer_submodules',
  'peft_type',
  'peft_version',
  'qalora_group_size',
  'revision',
  'task_type',
  'token_dim',
  'tokenizer_name_or_path',
])

const isOff = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  JSON.stringify(value) === '{}' ||
  JSON.stringify(value) === '[]'

export interface AdapterIdentity {
  readonly method: AnyMethod
  readonly config: Readonly<Record<string, unknown>>
}

/**
 * The method and its options that a PEFT config describes.
 * @throws StudioError('bad-adapter') for an unknown type, an unknown key that is set, or an option that is not computed
 */
export function readPeftConfig(raw: Readonly<Record<string, unknown>>): AdapterIdentity {
  const type = raw.peft_type
  const candidates = [...methods.values()].filter((m) => m.format.kind === 'peft' && m.format.type === type)
  if (candidates.length === 0) {
    const known = [...methods.values()].flatMap((m) => (m.format.kind === 'peft' ? [m.format.type] : []))
    throw new StudioError(
      'bad-adapter',
      `The adapter's peft_type is ${JSON.stringify(type)}, which is not supported.`,
      `Supported types: ${[...new Set(known)].join(', ')}.`,
    )
  }
  const method = candidates.find((m) => matchesConstants(m, raw))
  if (method === undefined)
    throw new StudioError(
      'bad-adapter',
      `This combination of options of ${String(type)} is not supported.`,
      'Check use_dora and use_rslora in adapter_config.json.',
    )
  const constants = method.format.kind === 'peft' ? (method.format.constants ?? {}) : {}
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (key in method.fields && value !== undefined) {
      if (value === null && method.fields[key]?.type !== 'custom') continue
      values[key] = value
    } else if (!(key in constants) && !informative.has(key) && !isOff(value)) {
      const known = unsupported[String(type)]?.includes(key)
      throw new StudioError(
        'bad-adapter',
        known
          ? `The adapter uses ${key}, which this engine does not compute.`
          : `adapter_config.json has an option that is not known: ${key} = ${JSON.stringify(value)}.`,
        known
          ? 'Merge the adapter in the program that made it.'
          : 'Remove the key if it does not change what the adapter computes.',
      )
    }
  }
  if ('init_lora_weights' in method.fields && typeof values.init_lora_weights === 'string') checkInit(values)
  return { method, config: parseFields(method.title, method.fields, values) }
}

/** Initialisers that change the base weights cannot be loaded onto an unchanged base. */
function checkInit(values: Record<string, unknown>): void {
  const init = String(values.init_lora_weights)
  if (['gaussian', 'eva', 'orthogonal'].includes(init)) {
    values.init_lora_weights = init === 'gaussian' ? 'gaussian' : true
    return
  }
  throw new StudioError(
    'bad-adapter',
    `The adapter was started with "${init}", which also changed the weights of its base.`,
    'Convert it to a plain LoRA in the program that made it (path_initial_model_for_weight_conversion).',
  )
}

function matchesConstants(method: AnyMethod, raw: Readonly<Record<string, unknown>>): boolean {
  const constants = method.format.kind === 'peft' ? (method.format.constants ?? {}) : {}
  return Object.entries(constants).every(([key, value]) => (raw[key] ?? false) === value)
}

/** What a PEFT config says beyond the method's own options. */
export interface PeftContext {
  readonly facts: ModelFacts
  /** Modules the method attached to. */
  readonly modules: readonly string[]
  /** Whether those modules store [in, out] (GPT-2's Conv1D). */
  readonly conv1d: boolean
  readonly baseName: string
}

/** The `adapter_config.json` that Hugging Face PEFT reads back as the same method. */
export function writePeftConfig(
  method: AnyMethod,
  config: Readonly<Record<string, unknown>>,
  context: PeftContext,
) {
  if (method.format.kind !== 'peft')
    throw new StudioError('internal', `${method.name} has no PEFT form.`, 'Report this.')
  const { type, constants = {}, complete } = method.format
  const targets =
    'target_modules' in config
      ? { target_modules: explicitTargets(config.target_modules, context.modules) }
      : {}
  const conv = 'target_modules' in config ? { fan_in_fan_out: context.conv1d } : {}
  const all: Record<string, unknown> = {
    ...config,
    ...targets,
    ...conv,
    ...constants,
    ...complete?.(config, context.facts, context.baseName),
    auto_mapping: null,
    base_model_name_or_path: context.baseName,
    inference_mode: true,
    peft_type: type,
    revision: null,
    task_type: 'CAUSAL_LM',
  }
  return Object.fromEntries(
    Object.keys(all)
      .sort()
      .map((key) => [key, all[key]]),
  )
}

/** Patterns stay; defaults and `all-linear` become the modules they stood for, by last name where that is exact enough. */
function explicitTargets(targets: unknown, modules: readonly string[]): unknown {
  if (Array.isArray(targets) || (typeof targets === 'string' && targets !== 'all-linear')) return targets
  return [...new Set(modules.map((module) => module.slice(module.lastIndexOf('.') + 1)))].sort()
}
