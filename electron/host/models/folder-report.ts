/** Reads a model folder in a thread of its own: a tokenizer of many megabytes must not hold up the host. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { type ErrorCode, StudioError } from '../../../engine/errors.ts'
import { modelFactsSchema } from '../../contract/models.ts'
import { failureSchema } from '../../contract/shared.ts'

export const folderReportSchema = z.object({
  facts: modelFactsSchema.nullable(),
  /** Of configuration and weights; null where they could not be opened. */
  fingerprint: z.string().nullable(),
  problems: z.array(failureSchema),
})
export type FolderReport = z.infer<typeof folderReportSchema>

/** @param dir absolute path of the folder */
export async function reportOnFolder(dir: string): Promise<FolderReport> {
  const worker = new Worker(new URL('./folder-report-worker.ts', import.meta.url), { workerData: dir })
  try {
    const [message]: unknown[] = await once(worker, 'message')
    return folderReportSchema.parse(message)
  } finally {
    await worker.terminate()
  }
}

/** What the report found first, as it would have been thrown here. */
export function problemAsError({ code, message, hint }: FolderReport['problems'][number]): StudioError {
  // Codes come from StudioErrors of the same build.
  return new StudioError(code as ErrorCode, message, hint)
}
