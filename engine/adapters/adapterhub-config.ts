/** AdapterHub's `adapter_config.json` for bottleneck adapters, both ways. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { parseFields } from '../methods/fields.ts'
import { type AnyMethod, methods } from '../methods/index.ts'
import type { ModelFacts } from '../models/architecture.ts'
import type { AdapterIdentity } from './peft-config.ts'

const schema = z.looseObject({
  name: z.string().default('default'),
  version: z.string().optional(),
  config: z.looseObject({ architecture: z.string().nullish() }),
})

/** Options of the library that only count while PHM layers or random depth are switched on, or name a source. */
const silent = new Set([
  'architecture',
  'cross_adapter',
  'factorized_phm_W',
  'factorized_phm_rule',
  'hypercomplex_nonlinearity',
  'init_weights_seed',
  'learn_phm',
  'phm_bias',
  'phm_c_init',
  'phm_dim',
  'phm_init_range',
  'phm_layer',
  'phm_rank',
  'shared_W_phm',
  'shared_phm_rule',
  // Random depth while training; says nothing about the trained adapter.
  'stochastic_depth',
])

const unsupported: Readonly<Record<string, string>> = {
  phm_layer: 'PHM layers (Compacter)',
  cross_adapter: 'adapters on cross-attention',
}

/** Activation names of files older than the key `version`, where "gelu" meant the tanh form. */
const oldNames: Readonly<Record<string, string>> = { gelu: 'gelu_new', gelu_orig: 'gelu' }

/** @returns the method whose defaults come closest to the options, with the name the keys carry */
export function readAdapterHubConfig(raw: unknown): AdapterIdentity & { name: string } {
  const parsed = schema.safeParse(raw)
  if (!parsed.success)
    throw new StudioError(
      'bad-adapter',
      `adapter_config.json is neither a PEFT nor an AdapterHub config: ${parsed.error.issues[0]?.message ?? ''}.`,
      'Check that the folder holds an adapter.',
    )
  const { name, version, config } = parsed.data
  if (config.architecture != null)
    throw new StudioError(
      'bad-adapter',
      `The AdapterHub architecture "${config.architecture}" is not supported.`,
      'Bottleneck adapters are; LoRA and prompt tuning can be exchanged through Hugging Face PEFT.',
    )
  for (const [key, what] of Object.entries(unsupported))
    if (config[key] === true)
      throw new StudioError(
        'bad-adapter',
        `The adapter uses ${what}, which is not supported.`,
        'Choose another adapter.',
      )
  const candidates = [...methods.values()].filter((m) => m.format.kind === 'adapterhub')
  const values = Object.fromEntries(Object.entries(config).filter(([key]) => !silent.has(key)))
  if (version === undefined && typeof values.non_linearity === 'string')
    values.non_linearity = oldNames[values.non_linearity] ?? values.non_linearity
  if (values.residual_before_ln === 'post_add')
    throw new StudioError(
      'bad-adapter',
      'residual_before_ln = "post_add" is defined only for models with a norm behind each block, such as BERT.',
      'Choose another adapter.',
    )
  const likeness = (m: AnyMethod) =>
    Object.entries(m.fields).filter(
      ([key, field]) => JSON.stringify(values[key]) === JSON.stringify(field.default),
    ).length
  const method = candidates.reduce((best, m) => (likeness(m) > likeness(best) ? m : best))
  return { method, name, config: parseFields(method.title, method.fields, values) }
}

/** The file that `adapters` 1.2 reads back as the same adapter. */
export function writeAdapterHubConfig(
  config: Readonly<Record<string, unknown>>,
  facts: ModelFacts,
  baseName: string,
  name: string,
  modelClass: string | undefined,
) {
  return {
    config: {
      ...config,
      architecture: null,
      cross_adapter: false,
      factorized_phm_W: true,
      factorized_phm_rule: false,
      hypercomplex_nonlinearity: 'glorot-uniform',
      init_weights_seed: null,
      learn_phm: true,
      phm_bias: true,
      phm_c_init: 'normal',
      phm_dim: 4,
      phm_init_range: 0.0001,
      phm_layer: false,
      phm_rank: 1,
      shared_W_phm: false,
      shared_phm_rule: true,
      stochastic_depth: 0,
    },
    hidden_size: facts.width,
    model_class: modelClass,
    model_name: baseName,
    model_type: facts.modelType,
    name,
    version: 'adapters.1.2.0',
  }
}
