/** The pre-tokenizers of tokenizer.json: they cut normalized text into words and keep the offsets. */
import { z } from 'zod'
import type { AlignedText } from './aligned-text.ts'
import { prepend, replaceMatches, sliceAligned } from './aligned-text.ts'
import { byteLevelText } from './byte-level.ts'
import type { Step } from './step.ts'
import { fieldsOf, pattern, regexOf, stepSchema, unknownStep } from './step.ts'

/** `first` says whether the text begins the whole input (before any added token). */
export type PreTokenizer = (source: AlignedText, first: boolean) => AlignedText[]

const behaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const
type Behavior = (typeof behaviors)[number]

// The classes are Rust's: \w and \s mean Unicode there.
const words =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu
const space = /\p{White_Space}/gu
const punctuation = /[\p{P}!-/:-@[-`{-~]/gu
const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

const builders: Record<string, (step: Step) => PreTokenizer> = {
  Sequence: (step) => {
    const steps = fieldsOf(step, { pretokenizers: z.array(stepSchema) }).pretokenizers.map(preTokenizer)
    return (source, first) =>
      steps.reduce<AlignedText[]>(
        (parts, split) => parts.flatMap((part, i) => split(part, first && i === 0)),
        [source],
      )
  },
  Whitespace: () => (source) => cut(source, words, 'Removed', true),
  WhitespaceSplit: () => (source) => cut(source, space, 'Removed'),
  BertPreTokenizer: () => (source) =>
    cut(source, space, 'Removed').flatMap((word) => cut(word, punctuation, 'Isolated')),
  Punctuation: (step) => {
    const { behavior } = fieldsOf(step, { behavior: z.enum(behaviors).default('Isolated') })
    return (source) => cut(source, punctuation, behavior)
  },
  Digits: (step) => {
    const { individual_digits } = fieldsOf(step, { individual_digits: z.boolean().default(false) })
    return (source) => cut(source, /\p{N}/gu, individual_digits ? 'Isolated' : 'Contiguous')
  },
  CharDelimiterSplit: (step) => {
    const regex = regexOf({ String: fieldsOf(step, { delimiter: z.string() }).delimiter })
    return (source) => cut(source, regex, 'Removed')
  },
  FixedLength: (step) => {
    const { length } = fieldsOf(step, { length: z.number().int().positive() })
    return (source) => cut(source, new RegExp(`[\\s\\S]{1,${length}}`, 'gu'), 'Isolated')
  },
  Split: (step) => {
    const fields = fieldsOf(step, {
      pattern,
      behavior: z.enum(behaviors),
      invert: z.boolean().default(false),
    })
    const regex = regexOf(fields.pattern)
    return (source) => cut(source, regex, fields.behavior, fields.invert)
  },
  ByteLevel: (step) => {
    const { add_prefix_space, use_regex } = fieldsOf(step, {
      add_prefix_space: z.boolean().default(true),
      use_regex: z.boolean().default(true),
    })
    return (source) => {
      const text = add_prefix_space && !source.text.startsWith(' ') ? prepend(source, ' ') : source
      return (use_regex ? cut(text, gpt2, 'Isolated') : [text]).map(byteLevelText)
    }
  },
  Metaspace: (step) => {
    const fields = fieldsOf(step, {
      replacement: z.string().default('▁'),
      prepend_scheme: z.enum(['always', 'never', 'first']).optional(),
      add_prefix_space: z.boolean().default(true),
      split: z.boolean().default(true),
    })
    const scheme = fields.prepend_scheme ?? (fields.add_prefix_space ? 'always' : 'never')
    const mark = regexOf({ String: fields.replacement })
    return (source, first) => {
      let text = replaceMatches(source, / /g, fields.replacement)
      const wanted = scheme === 'always' || (scheme === 'first' && first)
      if (wanted && !text.text.startsWith(fields.replacement)) text = prepend(text, fields.replacement)
      return fields.split ? cut(text, mark, 'MergedWithNext') : [text]
    }
  },
}

export function preTokenizer(step: Step): PreTokenizer {
  const build = builders[step.type]
  if (build === undefined) throw unknownStep('pre-tokenizer', step)
  return build(step)
}

/** A stretch [start, end) of UTF-16 units, and whether the pattern matched it. */
interface Stretch {
  start: number
  end: number
  match: boolean
}

function cut(source: AlignedText, regex: RegExp, behavior: Behavior, invert = false): AlignedText[] {
  const stretches: Stretch[] = []
  let last = 0
  for (const found of source.text.matchAll(regex)) {
    if (found[0] === '') continue
    if (found.index > last) stretches.push({ start: last, end: found.index, match: invert })
    last = found.index + found[0].length
    stretches.push({ start: found.index, end: last, match: !invert })
  }
  if (last < source.text.length) stretches.push({ start: last, end: source.text.length, match: invert })
  return join(stretches, behavior).map(({ start, end }) => sliceAligned(source, start, end))
}

/** Joins matched and unmatched stretches the way the behavior says. */
function join(stretches: Stretch[], behavior: Behavior): Stretch[] {
  if (behavior === 'Isolated') return stretches
  if (behavior === 'Removed') return stretches.filter((stretch) => !stretch.match)
  const joined: Stretch[] = []
  const backwards = behavior === 'MergedWithNext'
  const ordered = backwards ? stretches.toReversed() : stretches
  let previous: boolean | null = behavior === 'Contiguous' ? null : false
  for (const stretch of ordered) {
    const neighbour = joined.at(-1)
    const merges =
      behavior === 'Contiguous' ? stretch.match === previous : stretch.match && previous === false
    if (neighbour !== undefined && merges) {
      if (backwards) neighbour.start = stretch.start
      else neighbour.end = stretch.end
    } else {
      joined.push({ ...stretch })
    }
    previous = stretch.match
  }
  return backwards ? joined.reverse() : joined
}
