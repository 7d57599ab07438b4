/** Datasets and their versions: a version is a content, told apart by its hash, and never changes. */
import { z } from 'zod'
import { StudioError } from '../../engine/errors.ts'
import type { Sql } from './sql.ts'

/** `built-in` comes with the studio, `imported` is edited in it, `file` was given to a run by its path. */
export type DatasetKind = 'built-in' | 'imported' | 'file'

export interface Dataset {
  readonly id: string
  readonly name: string
  readonly kind: DatasetKind
  /** Where the rows came from: a path, a URL, `built-in`, or words. */
  readonly source: string
  readonly description: string
  /** Whether the working rows differ from every version. */
  readonly unsaved: boolean
  /** Rows of the import that could not be read. */
  readonly badRows: number
  readonly createdAt: number
  /** When it was put into the bin; null: it is not there. */
  readonly deletedAt: number | null
}

export type NewDataset = Pick<Dataset, 'id' | 'name' | 'source'> &
  Partial<Pick<Dataset, 'kind' | 'description' | 'badRows'>>

export interface DatasetVersion {
  /** `<dataset>@<number>` */
  readonly id: string
  readonly datasetId: string
  /** From 1, in the order of creation. */
  readonly number: number
  readonly contentHash: string
  /** File of the training rows; relative to the data folder where the studio made it. */
  readonly path: string
  /** File of the validation rows; null: there are none. */
  readonly validationPath: string | null
  /** Training rows. */
  readonly rows: number
  readonly validationRows: number
  readonly bytes: number
  /** Format of the rows; null where nobody has looked. */
  readonly format: string | null
  readonly columns: readonly string[]
  /** What the person says about the version. */
  readonly note: string
  /** The version it was made from. */
  readonly parentId: string | null
  readonly createdAt: number
}

export type NewDatasetVersion = Pick<
  DatasetVersion,
  'datasetId' | 'contentHash' | 'path' | 'rows' | 'bytes' | 'note'
> &
  Partial<Pick<DatasetVersion, 'validationPath' | 'validationRows' | 'format' | 'columns' | 'parentId'>>

/** A run that was made on a version. */
export interface VersionUse {
  readonly versionId: string
  readonly id: string
  readonly name: string
}

type DatasetRow = Omit<Dataset, 'unsaved'> & { readonly unsaved: 0 | 1 }
type VersionRow = Omit<DatasetVersion, 'columns'> & { readonly columns: string }

const datasetColumns = `
  id, name, kind, source, description, unsaved, bad_rows AS badRows, created_at AS createdAt, deleted_at AS deletedAt`
const versionColumns = `
  id, dataset_id AS datasetId, number, content_hash AS contentHash, path, validation_path AS validationPath, rows,
  validation_rows AS validationRows, bytes, format, columns, note, parent_id AS parentId, created_at AS createdAt`

export type Datasets = ReturnType<typeof datasetsRepository>

export function datasetsRepository(sql: Sql) {
  const upsert = sql.prepare(`
    INSERT INTO datasets (id, name, kind, source, description, bad_rows, created_at)
    VALUES (:id, :name, :kind, :source, :description, :badRows, :now)
    ON CONFLICT (id) DO UPDATE SET name = :name, source = :source, description = :description`)
  const select = (rest: string) => sql.prepare<DatasetRow>(`SELECT ${datasetColumns} FROM datasets ${rest}`)
  const kept = select('WHERE deleted_at IS NULL ORDER BY name, id')
  const binned = select('WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id')
  const one = select('WHERE id = :id')
  const rename = sql.prepare('UPDATE datasets SET name = :name WHERE id = :id')
  const setUnsaved = sql.prepare('UPDATE datasets SET unsaved = :unsaved WHERE id = :id')
  const setDeleted = sql.prepare('UPDATE datasets SET deleted_at = :at WHERE id = :id')
  const forgetParents = sql.prepare('UPDATE dataset_versions SET parent_id = NULL WHERE dataset_id = :id')
  const deleteVersions = sql.prepare('DELETE FROM dataset_versions WHERE dataset_id = :id')
  const deleteDataset = sql.prepare('DELETE FROM datasets WHERE id = :id')
  const insertVersion = sql.prepare(`
    INSERT INTO dataset_versions (id, dataset_id, number, content_hash, path, validation_path, rows, validation_rows,
                                  bytes, format, columns, note, parent_id, created_at)
    VALUES (:id, :datasetId, :number, :contentHash, :path, :validationPath, :rows, :validationRows,
            :bytes, :format, :columns, :note, :parentId, :now)`)
  const version = sql.prepare<VersionRow>(`SELECT ${versionColumns} FROM dataset_versions WHERE id = :id`)
  const versions = sql.prepare<VersionRow>(
    `SELECT ${versionColumns} FROM dataset_versions WHERE dataset_id = :datasetId ORDER BY number`,
  )
  const uses = sql.prepare<VersionUse>(`
    SELECT dataset_version_id AS versionId, runs.id, runs.name
    FROM runs JOIN dataset_versions ON dataset_versions.id = dataset_version_id
    WHERE dataset_id = :datasetId ORDER BY runs.created_at DESC, runs.rowid DESC`)

  function getVersion(id: string): DatasetVersion {
    const found = version.get({ id })
    if (found !== undefined) return versionOf(found)
    throw new StudioError('not-found', `There is no dataset version "${id}".`, 'Add the dataset first.')
  }

  return {
    /** Adds a dataset, or renames it. */
    put({ kind = 'file', description = '', badRows = 0, ...dataset }: NewDataset): void {
      upsert.run({ ...dataset, kind, description, badRows, now: Date.now() })
    },

    /** Those not in the bin. */
    list: (): Dataset[] => kept.all().map(datasetOf),

    binned: (): Dataset[] => binned.all().map(datasetOf),

    /** @throws StudioError `not-found` */
    get(id: string): Dataset {
      const found = one.get({ id })
      if (found !== undefined) return datasetOf(found)
      throw new StudioError('not-found', `There is no dataset "${id}".`, 'It may have been deleted.')
    },

    rename: (id: string, name: string): void => void rename.run({ id, name }),

    setUnsaved: (id: string, unsaved: boolean): void => void setUnsaved.run({ id, unsaved: unsaved ? 1 : 0 }),

    /** Into the bin, or with null out of it. */
    setDeleted: (id: string, at: number | null): void => void setDeleted.run({ id, at }),

    /** Deletes the dataset and its versions; fails while runs refer to them. */
    delete(id: string): void {
      sql.transaction(() => {
        forgetParents.run({ id })
        deleteVersions.run({ id })
        deleteDataset.run({ id })
      })
    },

    /** Adds a version; the same content again is the version that is there already. */
    addVersion(added: NewDatasetVersion): DatasetVersion {
      return sql.transaction(() => {
        const { datasetId, contentHash } = added
        const existing = versions.all({ datasetId })
        const same = existing.find((candidate) => candidate.contentHash === contentHash)
        if (same !== undefined) return versionOf(same)
        const number = (existing.at(-1)?.number ?? 0) + 1
        const id = `${datasetId}@${number}`
        insertVersion.run({
          validationPath: null,
          validationRows: 0,
          format: null,
          parentId: null,
          ...added,
          columns: JSON.stringify(added.columns ?? []),
          id,
          number,
          now: Date.now(),
        })
        return getVersion(id)
      })
    },

    /** @throws StudioError `not-found` */
    getVersion,

    findVersion(id: string): DatasetVersion | undefined {
      const found = version.get({ id })
      return found && versionOf(found)
    },

    /** In the order of their numbers. */
    versions: (datasetId: string): DatasetVersion[] => versions.all({ datasetId }).map(versionOf),

    /** Runs on any version of the dataset, newest first. */
    uses: (datasetId: string): VersionUse[] => uses.all({ datasetId }),
  }
}

const columnsSchema = z.array(z.string())

function datasetOf(row: DatasetRow): Dataset {
  return { ...row, unsaved: row.unsaved === 1 }
}

function versionOf(row: VersionRow): DatasetVersion {
  return { ...row, columns: columnsSchema.parse(JSON.parse(row.columns)) }
}
