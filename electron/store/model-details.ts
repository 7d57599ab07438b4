/** What the studio remembers of a model folder: its facts, and its files as they were when it was read. */
import { z } from 'zod'
import { modelFactsSchema } from '../contract/models.ts'

export const modelDetailsSchema = z.object({
  facts: modelFactsSchema,
  /** The fingerprint that the facts belong to. */
  fingerprint: z.string(),
  /** Configuration, weights and tokenizer: a change of size or date says which file a new fingerprint comes from. */
  files: z.array(z.object({ name: z.string(), bytes: z.number(), modified: z.number() })),
})
export type ModelDetails = z.infer<typeof modelDetailsSchema>
