/** Reading config.json: one way to say which entry is wrong. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'

/** `eos_token_id`: a number, a list, or nothing. */
export const tokenList = z
  .union([z.number().int(), z.array(z.number().int()), z.null()])
  .optional()
  .transform((ids) => (ids == null ? [] : typeof ids === 'number' ? [ids] : ids))

/** @throws StudioError('bad-model') naming the first entry that is wrong */
export function parseConfig<S extends z.ZodType>(title: string, schema: S, config: unknown): z.infer<S> {
  const result = schema.safeParse(config)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new StudioError(
    'bad-model',
    `config.json of this ${title} model is not usable: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    'Compare it with the config.json of the original model, or download the model again.',
  )
}
