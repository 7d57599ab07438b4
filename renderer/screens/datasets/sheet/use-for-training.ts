/** A dataset becomes the data of the next run. */
import type { DatasetRecord } from '../../../../electron/contract/datasets/versions.ts'
import { draft } from '../../../state/draft.svelte.ts'
import { router } from '../../../state/router.svelte.ts'
import { toasts } from '../../../state/toasts.svelte.ts'

/** @param version undefined: the latest one */
export function useForTraining(record: DatasetRecord, version?: number): void {
  draft.datasetVersionId = version === undefined ? record.latest.id : `${record.id}@${version}`
  if (record.unsaved && version === undefined)
    toasts.show({
      tone: 'info',
      text: `Version ${record.latest.number} was chosen, as it was saved. Save to train on what you have changed since.`,
    })
  router.go('method')
}
