/** Where the files of datasets lie in the data folder. */
import { join } from 'node:path'

export const workingName = 'working.db'
/** Lies in the folder of a dataset that is being made or deleted: what a crash leaves with it is thrown away. */
export const unfinishedName = 'unfinished'

export function datasetsRoot(dataDir: string): string {
  return join(dataDir, 'datasets')
}

export function datasetFolder(dataDir: string, datasetId: string): string {
  return join(datasetsRoot(dataDir), datasetId)
}

export function workingPath(dataDir: string, datasetId: string): string {
  return join(datasetFolder(dataDir, datasetId), workingName)
}

export function versionsFolder(dataDir: string, datasetId: string): string {
  return join(datasetFolder(dataDir, datasetId), 'versions')
}

/** Files of a version as the store has them: relative to the data folder. */
export function versionPath(datasetId: string, number: number, file: string): string {
  return ['datasets', datasetId, 'versions', String(number), file].join('/')
}

/** Rows of versions laid out for the grid; can be deleted at any time. */
export function sheetCache(dataDir: string): string {
  return join(dataDir, 'cache/sheets')
}

export function diffCache(dataDir: string): string {
  return join(dataDir, 'cache/diffs')
}
