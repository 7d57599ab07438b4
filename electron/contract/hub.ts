/** The Hugging Face hub: what a repository holds, and its download; the access token never crosses this boundary outwards. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { count, failureSchema } from './shared.ts'

export const repositoryKinds = ['model', 'dataset'] as const
const repositoryKind = z.enum(repositoryKinds)

/** `owner/name`, or the bare name of an old repository; also an address copied from the browser. */
const repositoryInput = z.object({
  kind: repositoryKind,
  id: z.string().trim().min(1).max(300),
  /** Branch, tag or commit. */
  revision: z.string().trim().min(1).max(200).optional(),
})

export const repositoryFileSchema = z.object({
  path: z.string(),
  bytes: count,
  /** SHA-256 of the content where the hub tells it (large files). */
  sha256: z.string().nullable(),
})

export const repositorySchema = z.object({
  kind: repositoryKind,
  id: z.string(),
  /** The commit that would be downloaded. */
  revision: z.string(),
  licence: z.string().nullable(),
  /** Whether its owner wants to be asked: not at all, automatically, or by hand. */
  gated: z.enum(['no', 'auto', 'manual']),
  private: z.boolean(),
  /** What would be downloaded. */
  files: z.array(repositoryFileSchema),
  /** Bytes of those files, and of those of them that an earlier attempt left here. */
  bytes: count,
  presentBytes: count,
  /** What stays on the hub, with the reason, e.g. pickle weights. */
  leftOut: z.array(z.object({ reason: z.string(), files: count, bytes: count })),
  /** Free space where it would be stored. */
  freeBytes: count,
  /** Why it cannot be downloaded or used; null when it can. */
  problem: failureSchema.nullable(),
  /** The model's id when this commit is in the studio already. */
  known: z.string().nullable(),
})
export type HubRepository = z.infer<typeof repositorySchema>

export const unfinishedDownloadSchema = z.object({
  kind: repositoryKind,
  id: z.string(),
  revision: z.string(),
  presentBytes: count,
  bytes: count,
  /** The job that is downloading it now; null: it waits to be taken up. */
  jobId: z.string().nullable(),
})
export type UnfinishedDownload = z.infer<typeof unfinishedDownloadSchema>

/** The result of the job `hub.download`: a model on the list, or data for the datasets' import. */
export const hubDownloadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('model'), modelId: z.string() }),
  z.object({ kind: z.literal('dataset'), path: z.string(), name: z.string() }),
])
export type HubDownload = z.infer<typeof hubDownloadSchema>

export const tokenStatusSchema = z.object({
  /** Where the token in use comes from; null when there is none. */
  from: z.enum(['stored', 'environment']).nullable(),
  keptIn: z.enum(['keychain', 'private-file']),
  /** The hub that is asked: the setting, else HF_ENDPOINT, else Hugging Face's. */
  endpoint: z.string(),
})
export type TokenStatus = z.infer<typeof tokenStatusSchema>

export const hubContract = {
  /** Looks at a repository; fails where it cannot be seen at all (offline, unknown, no access). */
  repository: oc.input(repositoryInput).output(repositorySchema),
  /**
   * Starts the download (or goes on with what an earlier one left) as the job `hub.download`; its result is a
   * HubDownload. `paths`: only these of the files, for datasets.
   */
  download: oc
    .input(repositoryInput.extend({ paths: z.array(z.string()).min(1).optional() }))
    .output(z.object({ jobId: z.string() })),
  /** Downloads that are going on, were cancelled or broke off. */
  unfinished: oc.output(z.array(unfinishedDownloadSchema)),
  /** Deletes what such a download left. */
  discard: oc.input(repositoryInput.pick({ kind: true, id: true })).output(z.void()),
  token: oc.output(tokenStatusSchema),
  /** Asks the hub whose token it is before storing it; fails where the hub does not take it. */
  setToken: oc
    .input(z.object({ token: z.string().trim().min(1).max(500) }))
    .output(z.object({ account: z.string() })),
  deleteToken: oc.output(tokenStatusSchema),
}
