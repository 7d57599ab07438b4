/** All versions of the schema, in order: the place of a function in this list is its version minus one. */
import type { Database } from 'better-sqlite3'
import { initial } from './0001-initial.ts'
import { queue } from './0002-queue.ts'
import { comparisons } from './0003-comparisons.ts'
import { modelDetails } from './0004-model-details.ts'
import { datasetDetails } from './0005-dataset-details.ts'

export type Migration = (database: Database) => void

export const migrations: readonly Migration[] = [initial, queue, comparisons, modelDetails, datasetDetails]
