/** Makes a dataset of one's own from a version, and opens it. */
import type { ImportResult } from '../../../../electron/contract/datasets/source.ts'
import { Action } from '../../../api/action.svelte.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { goTo, sheetHref } from '../address.ts'
import { resultOf } from '../follow-job.ts'

/** `run(versionId, name)` */
export function copyOf(studio: Studio): Action<[versionId: string, name: string], void> {
  return new Action(async (versionId, name) => {
    const { jobId } = await studio.client.datasets.copy({ versionId, name })
    const made = await resultOf<ImportResult>(studio, jobId, new AbortController().signal)
    goTo(sheetHref(made.datasetId))
  })
}
