/** What a model card says, as names and values. */
import type { ModelCard, ModelFacts } from '../../../electron/contract/models.ts'
import { formatBytes, formatCount, formatExact, formatShare } from '../../format/numbers.ts'

interface Fact {
  readonly name: string
  readonly value: string
  readonly title?: string
}

/** `F32`, or with more than one: `BF16, F32 0.1 %`. */
export function storedAs({ dtypes }: ModelFacts): string {
  const all = dtypes.reduce((sum, { parameters }) => sum + parameters, 0)
  return dtypes
    .map(({ dtype, parameters }, i) =>
      i === 0 ? dtype : `${dtype} ${formatShare(parameters / Math.max(1, all))}`,
    )
    .join(', ')
}

/** The six that fit on a card. */
export function shortFacts(facts: ModelFacts): Fact[] {
  return [
    { name: 'Layers', value: `${facts.layers} × ${formatExact(facts.width)} wide` },
    { name: 'Context', value: `${formatExact(facts.contextLength)} tokens` },
    { name: 'Stored as', value: storedAs(facts) },
    { name: 'Tokenizer', value: tokenizerOf(facts) },
    { name: 'Chat template', value: facts.chatTemplate ? 'yes' : 'no' },
    bytes('Size on disk', facts.diskBytes),
  ]
}

/** Everything that is known. */
export function allFacts(facts: ModelFacts): Fact[] {
  return [
    { name: 'Architecture', value: facts.architecture },
    { name: 'Family', value: facts.family },
    {
      name: 'Parameters',
      value: formatCount(facts.parameters),
      title: formatExact(facts.parameters),
    },
    { name: 'Layers', value: formatExact(facts.layers) },
    { name: 'Width', value: formatExact(facts.width) },
    {
      name: 'Heads',
      value:
        facts.keyValueHeads === facts.heads
          ? `${facts.heads} × ${facts.headSize}`
          : `${facts.heads} × ${facts.headSize}, ${facts.keyValueHeads} for keys and values`,
    },
    { name: 'Head', value: facts.tiedHead ? 'tied to the embedding' : 'a matrix of its own' },
    { name: 'Context', value: `${formatExact(facts.contextLength)} tokens` },
    { name: 'Vocabulary', value: `${formatExact(facts.vocabulary)} tokens` },
    { name: 'Tokenizer', value: tokenizerOf(facts) },
    { name: 'Chat template', value: facts.chatTemplate ? 'yes' : 'no; plain headings are used instead' },
    { name: 'Stored as', value: storedAs(facts) },
    bytes('Weights', facts.weightBytes),
    bytes('Size on disk', facts.diskBytes),
    { name: 'Licence', value: facts.licence ?? 'the folder does not say' },
  ]
}

/** `LLaMA · 2.66 M parameters` */
export function headline(facts: ModelFacts): string {
  return `${facts.family} · ${formatCount(facts.parameters)} parameters`
}

export const sourceNames: Readonly<Record<ModelCard['source'], string>> = {
  'built-in': 'Built in',
  local: 'Folder',
  hub: 'Hub',
}

function tokenizerOf({ tokenizer }: ModelFacts): string {
  return tokenizer === null ? 'none' : `${tokenizer.kind}, ${formatExact(tokenizer.tokens)} tokens`
}

function bytes(name: string, value: number): Fact {
  return { name, value: formatBytes(value), title: `${formatExact(value)} bytes` }
}
