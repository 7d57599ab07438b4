/** A method and its fields as plain data: what cards, forms, lists and the command line show. */

import { trainsAnything } from './attach.ts'
import { defaultsOf, type Fields, rangeOf } from './fields.ts'
import type { AnyMethod } from './index.ts'
import { claimsOf } from './suits.ts'

type AnyField = Fields[string]

/** Something that an adapter can or cannot do, with how, or why not. */
export interface Ability {
  readonly key: 'merge' | 'swap' | 'stack' | 'free-use' | 'cached'
  readonly label: string
  readonly has: boolean
  readonly because: string
}

export function describeMethod(method: AnyMethod) {
  const { name, title, taxonomy, paper, explain, chooseWhen, avoidWhen, defaults } = method
  const { learningRate, weightDecay, warmupRatio } = defaults
  return {
    name,
    title,
    taxonomy,
    paper,
    explain,
    chooseWhen,
    avoidWhen,
    defaults: { learningRate, weightDecay, warmupRatio },
    abilities: abilitiesOf(method),
    attaches: placesOf(method),
    trains: trainsAnything(method),
    file: fileKinds[method.format.kind],
    evidence: method.suits === undefined ? [] : [...claimsOf(method.suits)],
    fields: Object.entries(method.fields).map(([key, field]) => describeField(key, field)),
  }
}

/** @param byDefault another default than the field's own, where it depends on something */
export function describeField(key: string, field: AnyField, byDefault: unknown = field.default) {
  const number = field.type === 'integer' || field.type === 'number' ? field : undefined
  const custom = field.type === 'custom' ? field : undefined
  return {
    key,
    type: field.type,
    label: field.label,
    help: field.help,
    default: byDefault,
    advanced: field.advanced ?? false,
    group: field.group ?? null,
    unit: number?.unit ?? null,
    min: number?.min ?? null,
    max: number?.max ?? null,
    above: number?.above ?? null,
    range: number === undefined ? null : rangeOf(number),
    options:
      field.type === 'choice'
        ? Object.entries(field.options).map(([value, label]) => ({ value, label }))
        : null,
    none: field.none ?? null,
    format: custom?.format ?? null,
    names: custom?.names ?? null,
    words:
      custom?.words === undefined
        ? null
        : Object.entries(custom.words).map(([value, label]) => ({ value, label })),
    patterns: custom?.patterns ?? false,
  }
}

const fileKinds = {
  peft: 'Hugging Face PEFT folder',
  adapterhub: 'AdapterHub folder',
  model: 'whole model folder',
  prompt: 'prompt as text',
} as const satisfies Record<AnyMethod['format']['kind'], string>

/** Where a method attaches, in words. */
export function placesOf(method: AnyMethod): string[] {
  const words = {
    linear: 'linear layers',
    embedding: 'embeddings',
    norm: 'norms',
    sequence: 'the input sequence',
    prefix: 'keys and values of attention',
    hidden: 'the hidden layer of the feed-forward part',
    block: 'the joints of sub-layers and residual stream',
    trainsParameter: 'the weights themselves',
    demonstrations: 'the text of the input',
  } as const satisfies Partial<Record<keyof AnyMethod, string>>
  return Object.entries(words).flatMap(([part, place]) =>
    method[part as keyof typeof words] === undefined ? [] : [place],
  )
}

/** What follows from how a method attaches and what it saves; options are taken at their defaults. */
export function abilitiesOf(method: AnyMethod): Ability[] {
  const config = defaultsOf(method.fields)
  const wholeModel = method.format.kind === 'model'
  const merges = method.merges === true
  const impossible = method.merges === true ? '' : method.merges.impossible
  const virtual = method.virtualTokens?.(config) ?? 0
  const prefix = method.prefixLength?.(config) ?? 0
  const shown = method.demonstrations?.(config).count ?? 0
  const uncached = method.uncached?.(config)
  const beside = !wholeModel && method.trainsParameter === undefined
  return [
    {
      key: 'merge',
      label: 'Merges',
      has: merges,
      because: wholeModel
        ? 'The result is a model of its own: there is nothing left to merge.'
        : merges
          ? 'What it has learned can be computed into the weights of the base, which gives an ordinary model.'
          : impossible,
    },
    {
      key: 'swap',
      label: 'Hot swap',
      has: beside,
      because: beside
        ? 'Its tensors stand beside the frozen weights: adapters are exchanged without loading the model again.'
        : 'It changes the weights themselves: another version is another model to load.',
    },
    {
      key: 'stack',
      label: 'Stacks',
      has: beside,
      because: beside
        ? `It attaches at ${placesOf(method).join(' and ')} and leaves the rest alone: a second adapter can attach to the same model.`
        : 'Two sets of changed weights exclude each other.',
    },
    {
      key: 'free-use',
      label: 'Free in use',
      has: merges,
      because: merges
        ? 'Merged, the model is exactly as fast as the base.'
        : virtual + prefix > 0
          ? `Every input is ${virtual + prefix} tokens longer.`
          : shown > 0
            ? `Every input is longer by ${shown} examples.`
            : 'What it adds is computed with every token and stays.',
    },
    {
      key: 'cached',
      label: 'Cached generation',
      has: uncached === undefined,
      because:
        uncached === undefined
          ? 'Keys and values of earlier tokens are kept while text is generated.'
          : `Every new token computes the whole text again: ${uncached}.`,
    },
  ]
}
