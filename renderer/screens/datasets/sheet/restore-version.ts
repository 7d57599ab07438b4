/** Makes the working rows those of an older version again: an edit like any other, which undo takes back. */

import type { Edited } from '../../../../electron/contract/datasets/sheet.ts'
import { failureOf } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { toasts } from '../../../state/toasts.svelte.ts'
import { goTo, sheetHref } from '../address.ts'
import { resultOf } from '../follow-job.ts'

export async function restoreVersion(studio: Studio, datasetId: string, version: number): Promise<void> {
  try {
    const opened = await studio.client.datasets.open({ sheetId: datasetId })
    if (opened.state !== 'ready') await resultOf(studio, opened.jobId, new AbortController().signal)
    const again =
      opened.state === 'ready' ? opened : await studio.client.datasets.open({ sheetId: datasetId })
    if (again.state !== 'ready') return
    const { jobId } = await studio.client.datasets.editAll({
      sheetId: datasetId,
      revision: again.sheet.revision,
      edit: { kind: 'restore', versionId: `${datasetId}@${version}` },
    })
    await resultOf<Edited>(studio, jobId, new AbortController().signal)
    goTo(sheetHref(datasetId, { panel: 'versions' }))
    toasts.show({ tone: 'good', text: `The rows are those of version ${version} again. Undo takes it back.` })
  } catch (error) {
    toasts.show({ tone: 'bad', text: failureOf(error).message })
  }
}
