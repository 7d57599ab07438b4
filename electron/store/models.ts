/** Base models that runs were trained on. */
import { StudioError } from '../../engine/errors.ts'
import type { Sql } from './sql.ts'

export interface Model {
  /** Chosen by the host, e.g. the folder's name or the hub's `owner/name`. */
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
  readonly addedAt: number
}

const columns = 'id, name, source, path, architecture, parameters, bytes, fingerprint, added_at AS addedAt'

export type Models = ReturnType<typeof modelsRepository>

export function modelsRepository(sql: Sql) {
  const upsert = sql.prepare(`
    INSERT INTO models (id, name, source, path, architecture, parameters, bytes, fingerprint, added_at)
    VALUES (:id, :name, :source, :path, :architecture, :parameters, :bytes, :fingerprint, :now)
    ON CONFLICT (id) DO UPDATE SET name = :name, source = :source, path = :path, architecture = :architecture,
                                   parameters = :parameters, bytes = :bytes, fingerprint = :fingerprint`)
  const one = sql.prepare<Model>(`SELECT ${columns} FROM models WHERE id = :id`)
  const all = sql.prepare<Model>(`SELECT ${columns} FROM models ORDER BY name, id`)

  function get(id: string): Model {
    const model = one.get({ id })
    if (model !== undefined) return model
    throw new StudioError('not-found', `There is no model "${id}" in the studio.`, 'Add the model first.')
  }

  return {
    /** Adds a model, or brings what is known about it up to date. */
    put(model: Omit<Model, 'addedAt'>): Model {
      upsert.run({ ...model, now: Date.now() })
      return get(model.id)
    },

    /** @throws StudioError `not-found` */
    get,

    list: (): Model[] => all.all(),
  }
}
