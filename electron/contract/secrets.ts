/** Tokens that the host keeps. Their values go in and never come out again. */
import { oc } from '@orpc/contract'
import { z } from 'zod'

export const secretNames = ['hugging-face'] as const
export type SecretName = (typeof secretNames)[number]

const name = z.enum(secretNames)

export const secretsContract = {
  /** Where secrets are kept, for people: the operating system's keychain, or a file that only this user may read. */
  keptIn: oc.output(z.enum(['keychain', 'private-file'])),
  has: oc.input(z.object({ name })).output(z.boolean()),
  set: oc.input(z.object({ name, value: z.string().trim().min(1).max(4096) })).output(z.void()),
  delete: oc.input(z.object({ name })).output(z.void()),
}
