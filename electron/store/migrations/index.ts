/** All versions of the schema, in order: the place of a function in this list is its version minus one. */
import type { Database } from 'better-sqlite3'
import { initial } from './0001-initial.ts'

export type Migration = (database: Database) => void

export const migrations: readonly Migration[] = [initial]
