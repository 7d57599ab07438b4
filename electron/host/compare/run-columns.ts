/**
 * Stored columns of runs, kept in memory while they are looked at: a zoom, another smoothing or a growing run reads only
 * what is new. The runs that were not looked at for longest make room.
 */
import type { StepColumn } from '../../store/metric-columns.ts'
import type { Metrics } from '../../store/metrics.ts'

export type RunColumns = Readonly<Record<StepColumn, Float64Array>>

interface Grown {
  values: Float64Array
  length: number
}

interface Entry {
  readonly columns: Map<StepColumn, Grown>
  readonly rewinds: number
}

const mostBytes = 96e6

export class RunColumnCache {
  readonly #metrics: Pick<Metrics, 'columns' | 'lastStep' | 'rewinds'>
  readonly #runs = new Map<string, Entry>()
  readonly #mostBytes: number

  constructor(metrics: Pick<Metrics, 'columns' | 'lastStep' | 'rewinds'>, bytes = mostBytes) {
    this.#metrics = metrics
    this.#mostBytes = bytes
  }

  /** Columns of all steps of a run as they are now, of equal length; later steps do not change them. */
  read<K extends StepColumn>(runId: string, wanted: readonly K[]): Record<K, Float64Array> {
    const entry = this.#entry(runId)
    const keys = new Set<StepColumn>(['step', ...wanted])
    const last = this.#metrics.lastStep(runId)
    // Columns that were read at the same time end at the same step, so that few reads bring all up to date.
    const stale = Map.groupBy(keys, (key) => {
      const length = entry.columns.get(key)?.length ?? 0
      return length === 0 ? 0 : this.#stepAt(entry, length - 1)
    })
    for (const [after, columns] of stale) {
      if (after >= last) continue
      const read = this.#metrics.columns(runId, columns, after)
      for (const key of columns) append(entry.columns, key, read[key])
    }
    this.#makeRoom(runId)
    const result = wanted.map((key) => {
      const column = entry.columns.get(key)
      return [key, column === undefined ? new Float64Array(0) : column.values.subarray(0, column.length)]
    })
    return Object.fromEntries(result) as Record<K, Float64Array>
  }

  #entry(runId: string): Entry {
    const rewinds = this.#metrics.rewinds(runId)
    const known = this.#runs.get(runId)
    this.#runs.delete(runId)
    const entry = known?.rewinds === rewinds ? known : { columns: new Map(), rewinds }
    // The last one in a Map is the one used last.
    this.#runs.set(runId, entry)
    return entry
  }

  #stepAt({ columns }: Entry, index: number): number {
    return columns.get('step')?.values[index] ?? 0
  }

  #makeRoom(current: string): void {
    const sizes = new Map([...this.#runs].map(([runId, entry]) => [runId, bytesOf(entry)]))
    let total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
    for (const [runId, bytes] of sizes) {
      if (total <= this.#mostBytes || runId === current) return
      this.#runs.delete(runId)
      total -= bytes
    }
  }
}

function bytesOf({ columns }: Entry): number {
  return [...columns.values()].reduce((sum, { values }) => sum + values.byteLength, 0)
}

function append(columns: Map<StepColumn, Grown>, key: StepColumn, added: Float64Array): void {
  const column = columns.get(key)
  if (column === undefined) {
    columns.set(key, { values: added, length: added.length })
    return
  }
  const length = column.length + added.length
  if (length > column.values.length) {
    const larger = new Float64Array(Math.max(length, Math.ceil(column.values.length * 1.5)))
    larger.set(column.values.subarray(0, column.length))
    column.values = larger
  }
  column.values.set(added, column.length)
  column.length = length
}
