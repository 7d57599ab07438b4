/**
 * Steps of a run as columns. New steps are rows; a thousand of them are sealed into one block of doubles per column, which
 * is read some ten times faster and holds every digit. A step is in a row or in blocks, never in both, and the newest
 * step is always a row.
 */
import type { StepMetrics } from '../../engine/train/events.ts'
import type { Sql, Statement } from './sql.ts'

/** A step as it is kept: `at` is when it was stored, in milliseconds since 1970 (UTC). */
export type StepRow = Omit<StepMetrics, 'type'> & { readonly at: number }
export type StepColumn = keyof StepRow

/** Every column by its name in SQLite: the one list behind rows, blocks and columns. */
export const stepColumns = {
  step: 'step',
  epoch: 'epoch',
  loss: 'loss',
  learningRate: 'learning_rate',
  gradientNorm: 'gradient_norm',
  usefulTokens: 'useful_tokens',
  tokens: 'tokens',
  examples: 'examples',
  seconds: 'seconds',
  peakMemoryBytes: 'peak_memory_bytes',
  at: 'at',
} as const satisfies Record<StepColumn, string>

const keys = Object.keys(stepColumns) as StepColumn[]

export const stepsPerBlock = 1_024
const blockOf = (step: number) => Math.floor((step - 1) / stepsPerBlock)

/** SQLite has no NaN: what is not a number is NULL in a row, and NaN in a block. */
type SqlRow = { readonly [K in StepColumn]?: number | null }

export type MetricColumns = ReturnType<typeof metricColumns>

export function metricColumns(sql: Sql) {
  const insertRow = sql.prepare(`
    INSERT INTO metrics (run_id, ${Object.values(stepColumns).join(', ')})
    VALUES (:runId, ${keys.map((key) => `:${key}`).join(', ')})`)
  const newest = sql.prepare<{ step: number }>(
    'SELECT step FROM metrics WHERE run_id = :runId ORDER BY step DESC LIMIT 1',
  )
  const removeRows = sql.prepare(
    'DELETE FROM metrics WHERE run_id = :runId AND step > :after AND step < :before',
  )
  const insertBlock = sql.prepare(`
    INSERT INTO metric_chunks (run_id, metric, first_step, last_step, total, data)
    VALUES (:runId, :metric, :first, :last, :total, :data)`)
  const blocks = sql.prepare<{ data: Uint8Array }>(`
    SELECT data FROM metric_chunks WHERE run_id = :runId AND metric = :metric AND last_step > :after
    ORDER BY first_step`)
  const lastBlock = sql.prepare<{ first: number; last: number }>(`
    SELECT first_step AS first, last_step AS last FROM metric_chunks
    WHERE run_id = :runId AND metric = 'step' ORDER BY first_step DESC LIMIT 1`)
  const removeBlocks = sql.prepare('DELETE FROM metric_chunks WHERE run_id = :runId AND first_step >= :first')
  const totalOf = (column: string) =>
    sql.prepare<{ total: number }>(`
      SELECT (SELECT coalesce(sum(total), 0) FROM metric_chunks WHERE run_id = :runId AND metric = '${column}')
           + (SELECT coalesce(sum(${column}), 0) FROM metrics WHERE run_id = :runId) AS total`)
  const totals = Object.fromEntries(keys.map((key) => [key, totalOf(stepColumns[key])])) as {
    readonly [K in StepColumn]: ReturnType<typeof totalOf>
  }
  const rewinds = new Map<string, number>()
  const readers = new Map<string, Statement<SqlRow>>()

  /** Rows with the columns that are wanted and no others: making objects is what costs. */
  function rowsOf(runId: string, wanted: readonly StepColumn[], after: number, before: number): SqlRow[] {
    const selected = wanted.map((key) => `${stepColumns[key]} AS ${key}`).join(', ')
    let reader = readers.get(selected)
    if (reader === undefined) {
      reader = sql.prepare<SqlRow>(`
        SELECT ${selected} FROM metrics WHERE run_id = :runId AND step > :after AND step < :before ORDER BY step`)
      readers.set(selected, reader)
    }
    return reader.all({ runId, after, before })
  }

  const lastStep = (runId: string) => newest.get({ runId })?.step ?? 0

  /** All rows before a step become one block. */
  function seal(runId: string, before: number): void {
    const rows = rowsOf(runId, keys, -1, before)
    const [first, last] = [rows[0]?.step, rows.at(-1)?.step]
    if (typeof first !== 'number' || typeof last !== 'number') return
    for (const key of keys) {
      const values = Float64Array.from(rows, (row) => row[key] ?? Number.NaN)
      const total = values.reduce((sum, value) => (Number.isFinite(value) ? sum + value : sum), 0)
      insertBlock.run({
        runId,
        metric: stepColumns[key],
        first,
        last,
        total,
        data: new Uint8Array(values.buffer),
      })
    }
    removeRows.run({ runId, after: -1, before })
  }

  /** The last block becomes rows again. */
  function unseal(runId: string, first: number, after: number): void {
    const columns = readColumns(runId, keys, first - 1)
    removeBlocks.run({ runId, first })
    for (let i = 0; i < columns.step.length && columns.step[i]! <= after; i++) {
      const row = Object.fromEntries(keys.map((key) => [key, orNull(columns[key][i]!)]))
      insertRow.run({ runId, ...row })
    }
  }

  function readColumns<K extends StepColumn>(
    runId: string,
    wanted: readonly K[],
    after: number,
  ): Record<K, Float64Array> {
    const rows = rowsOf(runId, wanted, after, Number.MAX_SAFE_INTEGER)
    const read = (key: K) => {
      const sealed = blocks.all({ runId, metric: stepColumns[key], after }).map(({ data }) => data)
      const before = sealed.reduce((sum, data) => sum + data.byteLength, 0)
      const column = new Float64Array(before / 8 + rows.length)
      const bytes = new Uint8Array(column.buffer)
      let end = 0
      for (const data of sealed) {
        bytes.set(data, end)
        end += data.byteLength
      }
      for (const [i, row] of rows.entries()) column[end / 8 + i] = row[key] ?? Number.NaN
      return column
    }
    // A block may begin at or before `after`.
    const steps = after > 0 ? blocks.all({ runId, metric: stepColumns.step, after })[0]?.data : undefined
    const skipped = steps === undefined ? 0 : countUpTo(steps, after)
    return Object.fromEntries(wanted.map((key) => [key, read(key).subarray(skipped)])) as Record<
      K,
      Float64Array
    >
  }

  function removeAfter(runId: string, after: number): void {
    sql.transaction(() => {
      removeRows.run({ runId, after, before: Number.MAX_SAFE_INTEGER })
      while (newest.get({ runId }) === undefined) {
        const block = lastBlock.get({ runId })
        if (block === undefined) break
        if (block.first > after) removeBlocks.run({ runId, first: block.first })
        else unseal(runId, block.first, after)
      }
    })
    rewinds.set(runId, (rewinds.get(runId) ?? 0) + 1)
  }

  return {
    /** Adds a step behind all others. @returns false, and adds nothing, when it is not behind them */
    append(runId: string, row: StepRow): boolean {
      const last = lastStep(runId)
      if (row.step <= last) return false
      const parameters = { runId, ...row, loss: orNull(row.loss), gradientNorm: orNull(row.gradientNorm) }
      if (blockOf(row.step) === blockOf(Math.max(1, last))) insertRow.run(parameters)
      else
        sql.transaction(() => {
          insertRow.run(parameters)
          seal(runId, row.step)
        })
      return true
    },

    /** Columns of the steps after step `after`, in order and of equal length. */
    columns: readColumns,

    /** Sum of a column over all steps, of the values that are numbers. */
    total: (runId: string, column: StepColumn): number => totals[column].get({ runId })?.total ?? 0,

    /** Forgets all steps after step `after`. */
    removeAfter,

    /** The last step recorded, 0 when there is none. */
    lastStep,

    /** Grows when steps of a run were taken back, which columns read before do not know. */
    rewinds: (runId: string): number => rewinds.get(runId) ?? 0,
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** How many of a block's steps are not behind `after`. */
function countUpTo(steps: Uint8Array, after: number): number {
  const view = new DataView(steps.buffer, steps.byteOffset, steps.byteLength)
  let count = 0
  while (count * 8 < steps.byteLength && view.getFloat64(count * 8, true) <= after) count += 1
  return count
}
