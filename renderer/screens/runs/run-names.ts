/** Short names of what a run refers to. */
import type { Run } from '../../../electron/contract/run-record.ts'

/** `builtin:studio-tiny` → `studio-tiny`, a path → its last part. */
export function shortName(id: string): string {
  return (
    id
      .replace(/^builtin:/, '')
      .split(/[\\/]/)
      .findLast(Boolean) ?? id
  )
}

/** `builtin:pirate@2` → `pirate, version 2`. */
export function dataName({ datasetVersionId }: Pick<Run, 'datasetVersionId'>): string {
  const { datasetId, version } = versionParts(datasetVersionId)
  return `${shortName(datasetId)}, version ${version}`
}

/** Dataset and number of a version. */
export function versionParts(id: string): { datasetId: string; version: string } {
  const at = id.lastIndexOf('@')
  return { datasetId: id.slice(0, at), version: id.slice(at + 1) }
}
