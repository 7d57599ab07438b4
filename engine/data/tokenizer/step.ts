/** What normalizers, pre-tokenizers, post-processors and decoders of tokenizer.json have in common: a type and fields. */
import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { SplitPreTokenizer } from './library.ts'

export const stepSchema = z.looseObject({ type: z.string() })
export type Step = z.infer<typeof stepSchema>

const patternSchema = z.union([z.object({ String: z.string() }), z.object({ Regex: z.string() })])
export type Pattern = z.infer<typeof patternSchema>

/** The fields of a step, checked. */
export function fieldsOf<S extends z.ZodRawShape>(step: Step, shape: S): z.infer<z.ZodObject<S>> {
  const parsed = z.looseObject(shape).safeParse(step)
  if (parsed.success) return parsed.data as z.infer<z.ZodObject<S>>
  throw new StudioError(
    'bad-file',
    `tokenizer.json has a "${step.type}" step that cannot be read: ${z.prettifyError(parsed.error)}`,
    'Download the tokenizer again, or save it anew with a current version of transformers.',
  )
}

export function unknownStep(kind: string, step: Step): StudioError {
  return new StudioError(
    'unsupported',
    `tokenizer.json uses the ${kind} "${step.type}", which this studio does not know.`,
    'Use another model, or ask for this step to be added.',
  )
}

/** The source of an expression that matches exactly this text. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => (char === '-' ? '\\x2d' : `\\${char}`))
}

/** A pattern of tokenizer.json as a global JavaScript expression (the library translates Oniguruma syntax). */
export function regexOf(pattern: Pattern): RegExp {
  if ('String' in pattern) return new RegExp(literal(pattern.String), 'gu')
  const { pattern: regex } = new SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Isolated' })
  if (regex === null) throw unknownStep('pattern', { type: pattern.Regex })
  return regex
}

export const pattern = patternSchema
