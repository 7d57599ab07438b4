/** Comparisons that a person named and kept: which runs, held against which, seen how. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { StudioError } from '../../engine/errors.ts'
import { type Comparison, viewSchema } from '../contract/compare.ts'
import type { Sql } from './sql.ts'

export type NewComparison = Omit<Comparison, 'id' | 'createdAt' | 'updatedAt'>

interface Row extends Omit<Comparison, 'runIds' | 'view'> {
  readonly runIds: string
  readonly view: string
}

const runIdsSchema = z.array(z.string())
const columns = `
  id, name, run_ids AS runIds, baseline_id AS baselineId, view, created_at AS createdAt, updated_at AS updatedAt`

export type Comparisons = ReturnType<typeof comparisonsRepository>

export function comparisonsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO comparisons (id, name, run_ids, baseline_id, view, created_at, updated_at)
    VALUES (:id, :name, :runIds, :baselineId, :view, :now, :now)`)
  const update = sql.prepare(`
    UPDATE comparisons SET name = :name, run_ids = :runIds, baseline_id = :baselineId, view = :view, updated_at = :now
    WHERE id = :id`)
  const one = sql.prepare<Row>(`SELECT ${columns} FROM comparisons WHERE id = :id`)
  const all = sql.prepare<Row>(`SELECT ${columns} FROM comparisons ORDER BY updated_at DESC, rowid DESC`)
  const remove = sql.prepare('DELETE FROM comparisons WHERE id = :id')

  function get(id: string): Comparison {
    const row = one.get({ id })
    if (row !== undefined) return fromRow(row)
    throw new StudioError(
      'not-found',
      `There is no comparison "${id}".`,
      'It may have been deleted; see the list.',
    )
  }

  return {
    create(comparison: NewComparison): Comparison {
      const id = randomUUID()
      insert.run({ id, now: Date.now(), ...toRow(comparison) })
      return get(id)
    },

    /** @throws StudioError `not-found` */
    change(id: string, comparison: NewComparison): Comparison {
      get(id)
      update.run({ id, now: Date.now(), ...toRow(comparison) })
      return get(id)
    },

    /** @throws StudioError `not-found` */
    get,

    /** The last one changed first. */
    list: (): Comparison[] => all.all().map(fromRow),

    remove: (id: string): void => void remove.run({ id }),
  }
}

function toRow({ name, runIds, baselineId, view }: NewComparison) {
  return { name, runIds: JSON.stringify(runIds), baselineId, view: JSON.stringify(view) }
}

function fromRow({ runIds, view, ...row }: Row): Comparison {
  return { ...row, runIds: runIdsSchema.parse(JSON.parse(runIds)), view: viewSchema.parse(JSON.parse(view)) }
}
