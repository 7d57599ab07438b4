/** A whole host on a folder of its own, called as a window calls it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { onTestFinished } from 'vitest'
import { StudioError } from '../../../../engine/errors.ts'
import type { Edit, Edited, Sheet } from '../../../contract/datasets/sheet.ts'
import type { ImportResult } from '../../../contract/datasets/source.ts'
import type { ViewSpec } from '../../../contract/datasets/view.ts'
import type { JobRecord } from '../../../contract/jobs.ts'
import { temporaryFolder } from '../../../store/testing/folders.ts'
import { type Host, openHost } from '../../host.ts'
import { router } from '../../router.ts'

export const everything: ViewSpec = {
  sort: [],
  filters: [],
  search: null,
  split: null,
  issue: null,
  unsaved: false,
}

export async function openStudio(dataDir = temporaryFolder()) {
  let host: Host = await openHost({ shell: 'headless', dataDir })
  onTestFinished(() => host.close())
  const clientOf = () => createRouterClient(router, { context: () => ({ host }) })
  const client = clientOf()

  async function ended(jobId: string): Promise<JobRecord> {
    for await (const job of await client.jobs.watch({ id: jobId })) if (job.state !== 'running') return job
    throw new Error('the job never ended')
  }

  return {
    dataDir,
    client,
    get host() {
      return host
    },

    ended,

    /** The result of a job. @throws StudioError what it failed with */
    async result<T>({ jobId }: { jobId: string }): Promise<T> {
      const job = await ended(jobId)
      if (job.state === 'done') return job.result as T
      throw new StudioError('internal', job.error?.message ?? job.state, job.error?.hint ?? '')
    },

    /** Ends the host and starts it again on the same folder. */
    async restart() {
      await host.close()
      host = await openHost({ shell: 'headless', dataDir })
    },

    file(name: string, content: string | Uint8Array): string {
      const path = join(dataDir, name)
      writeFileSync(path, content)
      return path
    },

    /** Imports a file as detected. */
    async import(
      path: string,
      changes: Partial<Parameters<typeof client.datasets.import>[0]> = {},
    ): Promise<ImportResult> {
      const source = { kind: 'file', path } as const
      const { reading, mappings } = await client.datasets.detect({ source })
      const { mapping } = mappings[0]!
      return this.result(await client.datasets.import({ source, name: 'Rows', reading, mapping, ...changes }))
    },

    async sheet(sheetId: string): Promise<Sheet> {
      const opened = await client.datasets.open({ sheetId })
      if (opened.state === 'ready') return opened.sheet
      await ended(opened.jobId)
      return this.sheet(sheetId)
    },

    async edit(sheetId: string, ...edits: Edit[]): Promise<Edited> {
      const { revision } = await this.sheet(sheetId)
      return client.datasets.edit({ sheetId, revision, edits })
    },

    async undo(sheetId: string): Promise<Edited> {
      return client.datasets.undo({ sheetId, revision: (await this.sheet(sheetId)).revision })
    },

    async redo(sheetId: string): Promise<Edited> {
      return client.datasets.redo({ sheetId, revision: (await this.sheet(sheetId)).revision })
    },

    /** Texts of the cells, row by row. */
    async texts(sheetId: string, viewId: string | null = null): Promise<string[][]> {
      const all: string[][] = []
      for (let offset = 0; ; offset += 500) {
        const { rows } = await client.datasets.rows({ sheetId, viewId, offset, limit: 500 })
        if (rows.length === 0) return all
        all.push(...rows.map(({ cells }) => cells.map(({ text }) => text)))
      }
    },
  }
}
export type Studio = Awaited<ReturnType<typeof openStudio>>
