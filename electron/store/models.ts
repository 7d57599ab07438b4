/** Base models: those the person has, and those that runs were trained on. */
import { StudioError } from '../../engine/errors.ts'
import { type ModelDetails, modelDetailsSchema } from './model-details.ts'
import type { Sql } from './sql.ts'

export interface Model {
  /** Chosen by the host: `builtin:NAME`, the folder's path, or `hub:owner/name`. */
  readonly id: string
  readonly name: string
  readonly source: 'built-in' | 'local' | 'hub'
  readonly path: string
  /** As in the model's config.json, e.g. `LlamaForCausalLM`. */
  readonly architecture: string
  readonly parameters: number
  readonly bytes: number
  /** Changes when the weights or the configuration change. */
  readonly fingerprint: string
  /** Of a download: `owner/name` and the commit. */
  readonly repository: string | null
  readonly revision: string | null
  /** What the folder held when it was last read; null when it was not, or what was read no longer makes sense. */
  readonly details: ModelDetails | null
  readonly addedAt: number
  /** When the person took it off the list; runs may still name it. */
  readonly removedAt: number | null
}

export type NewModel = Omit<Model, 'addedAt' | 'removedAt' | 'details' | 'repository' | 'revision'>

/** How much a model is in use. */
export interface ModelUse {
  readonly modelId: string
  readonly runs: number
  /** Runs that wait, run or are paused. */
  readonly active: number
  readonly lastUsedAt: number
}

type ModelRow = Omit<Model, 'details'> & { readonly details: string | null }

const columns = `id, name, source, path, architecture, parameters, bytes, fingerprint, repository, revision, details,
  added_at AS addedAt, removed_at AS removedAt`

export type Models = ReturnType<typeof modelsRepository>

export function modelsRepository(sql: Sql) {
  const upsert = sql.prepare(`
    INSERT INTO models (id, name, source, path, architecture, parameters, bytes, fingerprint, added_at)
    VALUES (:id, :name, :source, :path, :architecture, :parameters, :bytes, :fingerprint, :now)
    ON CONFLICT (id) DO UPDATE SET source = :source, path = :path, architecture = :architecture,
                                   parameters = :parameters, bytes = :bytes, fingerprint = :fingerprint`)
  const one = sql.prepare<ModelRow>(`SELECT ${columns} FROM models WHERE id = :id`)
  const listed = sql.prepare<ModelRow>(
    `SELECT ${columns} FROM models WHERE removed_at IS NULL ORDER BY source <> 'built-in', lower(name), id`,
  )
  const setDetails = sql.prepare('UPDATE models SET details = :details WHERE id = :id')
  const setOrigin = sql.prepare(
    'UPDATE models SET repository = :repository, revision = :revision WHERE id = :id',
  )
  const setName = sql.prepare('UPDATE models SET name = :name WHERE id = :id')
  const restore = sql.prepare('UPDATE models SET removed_at = NULL WHERE id = :id')
  const hide = sql.prepare('UPDATE models SET removed_at = :now WHERE id = :id')
  const remove = sql.prepare('DELETE FROM models WHERE id = :id')
  const use = sql.prepare<ModelUse>(`
    SELECT model_id AS modelId, count(*) AS runs, max(created_at) AS lastUsedAt,
           sum(status IN ('queued', 'running', 'paused')) AS active
    FROM runs GROUP BY model_id`)

  function get(id: string): Model {
    const row = one.get({ id })
    if (row !== undefined) return fromRow(row)
    throw new StudioError('not-found', `There is no model "${id}" in the studio.`, 'Add the model first.')
  }

  return {
    /** Adds a model, or brings what is known about it up to date; the name it has in the studio stays. */
    put(model: NewModel): Model {
      upsert.run({ ...model, now: Date.now() })
      return get(model.id)
    },

    /** @throws StudioError `not-found` */
    get,

    /** Undefined where the studio does not know it; found even when it was taken off the list. */
    find(id: string): Model | undefined {
      const row = one.get({ id })
      return row && fromRow(row)
    },

    /** Those on the list, built-in ones first. */
    list: (): Model[] => listed.all().map(fromRow),

    setDetails: (id: string, details: ModelDetails): void =>
      void setDetails.run({ id, details: JSON.stringify(details) }),

    setOrigin: (id: string, repository: string, revision: string): void =>
      void setOrigin.run({ id, repository, revision }),

    rename: (id: string, name: string): void => void setName.run({ id, name }),

    /** Puts a model that was taken off back on the list. */
    restore: (id: string): void => void restore.run({ id }),

    /** Takes a model off the list; it is forgotten altogether when no run names it. */
    remove: (id: string): void =>
      sql.transaction(() => {
        const used = use.all().some(({ modelId }) => modelId === id)
        if (used) hide.run({ id, now: Date.now() })
        else remove.run({ id })
      }),

    /** Of every model that runs name. */
    use: (): ReadonlyMap<string, ModelUse> => new Map(use.all().map((entry) => [entry.modelId, entry])),
  }
}

/** What was read by another version of the studio is read again. */
function fromRow(row: ModelRow): Model {
  return { ...row, details: row.details === null ? null : detailsOf(row.details) }
}

function detailsOf(text: string): ModelDetails | null {
  const details = modelDetailsSchema.safeParse(JSON.parse(text))
  return details.success ? details.data : null
}
