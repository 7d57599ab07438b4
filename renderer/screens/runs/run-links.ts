/** Addresses that belong to a run. */
import type { Run } from '../../../electron/contract/run-record.ts'
import { href } from '../../state/router.svelte.ts'
import { versionParts } from './run-names.ts'

/** The rows a run saw, in the version it saw. */
export function dataHref({ datasetVersionId }: Pick<Run, 'datasetVersionId'>): string {
  const { datasetId, version } = versionParts(datasetVersionId)
  return href(`datasets/${encodeURIComponent(datasetId)}`, { version })
}

export function runHref(id: string): string {
  return href(`train/${id}`)
}
