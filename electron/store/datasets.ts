/** Datasets and their versions: a version is a content, told apart by its hash, and never changes. */
import { StudioError } from '../../engine/errors.ts'
import type { Sql } from './sql.ts'

export interface Dataset {
  readonly id: string
  readonly name: string
  /** Where the rows came from: a path, a URL, or `built-in`. */
  readonly source: string
  readonly createdAt: number
}

export interface DatasetVersion {
  /** `<dataset>@<number>` */
  readonly id: string
  readonly datasetId: string
  /** From 1, in the order of creation. */
  readonly number: number
  readonly contentHash: string
  readonly path: string
  readonly rows: number
  readonly bytes: number
  /** What the person says about the version. */
  readonly note: string
  readonly createdAt: number
}

export type NewDatasetVersion = Omit<DatasetVersion, 'id' | 'number' | 'createdAt'>

const versionColumns = `
  id, dataset_id AS datasetId, number, content_hash AS contentHash, path, rows, bytes, note, created_at AS createdAt`

export type Datasets = ReturnType<typeof datasetsRepository>

export function datasetsRepository(sql: Sql) {
  const upsert = sql.prepare(`
    INSERT INTO datasets (id, name, source, created_at) VALUES (:id, :name, :source, :now)
    ON CONFLICT (id) DO UPDATE SET name = :name, source = :source`)
  const all = sql.prepare<Dataset>(
    'SELECT id, name, source, created_at AS createdAt FROM datasets ORDER BY name, id',
  )
  const insertVersion = sql.prepare(`
    INSERT INTO dataset_versions (id, dataset_id, number, content_hash, path, rows, bytes, note, created_at)
    VALUES (:id, :datasetId, :number, :contentHash, :path, :rows, :bytes, :note, :now)`)
  const version = sql.prepare<DatasetVersion>(`SELECT ${versionColumns} FROM dataset_versions WHERE id = :id`)
  const versions = sql.prepare<DatasetVersion>(
    `SELECT ${versionColumns} FROM dataset_versions WHERE dataset_id = :datasetId ORDER BY number`,
  )

  function getVersion(id: string): DatasetVersion {
    const found = version.get({ id })
    if (found !== undefined) return found
    throw new StudioError('not-found', `There is no dataset version "${id}".`, 'Add the dataset first.')
  }

  return {
    /** Adds a dataset, or renames it. */
    put: (dataset: Omit<Dataset, 'createdAt'>): void => void upsert.run({ ...dataset, now: Date.now() }),

    list: (): Dataset[] => all.all(),

    /** Adds a version; the same content again is the version that is there already. */
    addVersion(added: NewDatasetVersion): DatasetVersion {
      return sql.transaction(() => {
        const { datasetId, contentHash } = added
        const existing = versions.all({ datasetId })
        const same = existing.find((candidate) => candidate.contentHash === contentHash)
        if (same !== undefined) return same
        const number = (existing.at(-1)?.number ?? 0) + 1
        const id = `${datasetId}@${number}`
        insertVersion.run({ ...added, id, number, now: Date.now() })
        return getVersion(id)
      })
    },

    /** @throws StudioError `not-found` */
    getVersion,

    versions: (datasetId: string): DatasetVersion[] => versions.all({ datasetId }),
  }
}
