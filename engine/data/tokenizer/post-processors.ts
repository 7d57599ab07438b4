/** The post-processors of tokenizer.json: special tokens around a text or a pair of texts, trimmed offsets, token types. */
import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { byteSpace } from './byte-level.ts'
import type { Step } from './step.ts'
import { fieldsOf, stepSchema, unknownStep } from './step.ts'

export interface EncodedToken {
  readonly id: number
  /** Its text in the vocabulary; of an added token the text it was found as. */
  readonly text: string
  /** [start, end) in code points of the text; [0, 0] for tokens the post-processor added. */
  readonly offsets: readonly [number, number]
  readonly type: number
}

/** `pair` is null when there is no second text. */
interface Sequences {
  readonly first: EncodedToken[]
  readonly pair: EncodedToken[] | null
}

export type PostProcessor = (sequences: Sequences, addSpecialTokens: boolean) => Sequences

const named = z.tuple([z.string(), z.number().int()])
const item = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number().int().default(0) }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: z.number().int().default(0) }) }),
])
type Item = z.infer<typeof item>

const builders: Record<string, (step: Step) => PostProcessor> = {
  Sequence: (step) => {
    const steps = fieldsOf(step, { processors: z.array(stepSchema) }).processors.map(postProcessor)
    return (sequences, special) => steps.reduce((state, apply) => apply(state, special), sequences)
  },
  ByteLevel: (step) => {
    const fields = fieldsOf(step, {
      trim_offsets: z.boolean().default(true),
      add_prefix_space: z.boolean().default(true),
    })
    if (!fields.trim_offsets) return (sequences) => sequences
    return (sequences) => trimBoth(sequences, fields.add_prefix_space)
  },
  TemplateProcessing: (step) => {
    const fields = fieldsOf(step, {
      single: z.array(item),
      pair: z.array(item),
      special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number().int()) })).default({}),
    })
    const idsOf = (name: string) => {
      const ids = fields.special_tokens[name]?.ids
      if (ids !== undefined) return ids
      throw new StudioError(
        'bad-file',
        `tokenizer.json's template names the token ${name} without saying its id.`,
        'Download tokenizer.json again.',
      )
    }
    for (const part of [...fields.single, ...fields.pair])
      if ('SpecialToken' in part) idsOf(part.SpecialToken.id)
    return ({ first, pair }, special) => ({
      first: (pair === null ? fields.single : fields.pair).flatMap((part: Item) => {
        if ('SpecialToken' in part) {
          if (!special) return []
          return idsOf(part.SpecialToken.id).map((id) => added(id, part.SpecialToken.type_id))
        }
        const tokens = part.Sequence.id === 'A' ? first : (pair ?? [])
        return tokens.map((token) => ({ ...token, type: part.Sequence.type_id }))
      }),
      pair: null,
    })
  },
  BertProcessing: (step) => {
    const { sep, cls } = fieldsOf(step, { sep: named, cls: named })
    return ({ first, pair }, special) => {
      if (!special) return { first, pair }
      const second = pair === null ? [] : [...typed(pair, 1), added(sep[1], 1)]
      return { first: [added(cls[1], 0), ...typed(first, 0), added(sep[1], 0), ...second], pair: null }
    }
  },
  RobertaProcessing: (step) => {
    const fields = fieldsOf(step, {
      sep: named,
      cls: named,
      trim_offsets: z.boolean().default(true),
      add_prefix_space: z.boolean().default(true),
    })
    return (sequences, special) => {
      const { first, pair } = fields.trim_offsets ? trimBoth(sequences, fields.add_prefix_space) : sequences
      if (!special) return { first: typed(first, 0), pair: pair === null ? null : typed(pair, 0) }
      const cls = added(fields.cls[1], 0)
      const sep = added(fields.sep[1], 0)
      const second = pair === null ? [] : [sep, ...typed(pair, 0), sep]
      return { first: [cls, ...typed(first, 0), sep, ...second], pair: null }
    }
  },
}

export function postProcessor(step: Step): PostProcessor {
  const build = builders[step.type]
  if (build === undefined) throw unknownStep('post-processor', step)
  return build(step)
}

function added(id: number, type: number): EncodedToken {
  return { id, text: '', offsets: [0, 0], type }
}

function typed(tokens: EncodedToken[], type: number): EncodedToken[] {
  return tokens.map((token) => ({ ...token, type }))
}

function trimBoth({ first, pair }: Sequences, prefixSpace: boolean): Sequences {
  return {
    first: trimOffsets(first, prefixSpace),
    pair: pair === null ? null : trimOffsets(pair, prefixSpace),
  }
}

/** Takes leading and trailing spaces out of the offsets; a single leading one may have been put in front. */
function trimOffsets(tokens: EncodedToken[], prefixSpace: boolean): EncodedToken[] {
  const isSpace = (char: string | undefined) =>
    char !== undefined && (char === byteSpace || /^\p{White_Space}$/u.test(char))
  return tokens.map((token, i) => {
    const chars = [...token.text]
    let leading = 0
    while (isSpace(chars[leading])) leading++
    let trailing = 0
    while (isSpace(chars[chars.length - 1 - trailing])) trailing++
    let [start, end] = token.offsets
    if (leading > 0) {
      if (leading === 1 && (i === 0 || start === 0) && prefixSpace) leading = 0
      start = Math.min(start + leading, end)
    }
    if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start)
    return { ...token, offsets: [start, end] as const }
  })
}
