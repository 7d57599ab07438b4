/** Which runs a table shows, and in which order. */
import type { Run } from '../../../../electron/contract/run-record.ts'
import { type RunColumn, runColumns } from './columns.ts'

export interface RunFilter {
  /** Every word must occur in the name, id, method, data, tags or notes. */
  readonly search: string
  readonly status: string
  readonly method: string
  readonly tag: string
}

export interface RunOrder {
  readonly column: string
  readonly descending: boolean
}

export const noFilter: RunFilter = { search: '', status: '', method: '', tag: '' }
export const newestFirst: RunOrder = { column: 'created', descending: true }

export function findRuns(runs: readonly Run[], filter: RunFilter, order: RunOrder): Run[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = runs.filter(
    (run) =>
      (filter.status === '' || run.status === filter.status) &&
      (filter.method === '' || run.method === filter.method) &&
      (filter.tag === '' || run.tags.includes(filter.tag)) &&
      words.every((word) => textOf(run).includes(word)),
  )
  const column = runColumns.find(({ key }) => key === order.column)
  return column === undefined ? found : found.sort(comparing(column, order.descending))
}

function textOf(run: Run): string {
  const { name, id, method, datasetVersionId, modelId, tags, notes } = run
  return [name, id, method, datasetVersionId, modelId, ...tags, notes].join('\n').toLowerCase()
}

/** What is not known stands last, whichever way the rest is ordered. */
function comparing({ value }: RunColumn, descending: boolean) {
  const sign = descending ? -1 : 1
  return (a: Run, b: Run) => {
    const [left, right] = [value(a), value(b)]
    const [noLeft, noRight] = [unknown(left), unknown(right)]
    if (noLeft || noRight) return Number(noLeft) - Number(noRight)
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
    return sign * String(left).localeCompare(String(right), 'en', { numeric: true, sensitivity: 'base' })
  }
}

function unknown(value: string | number | null): boolean {
  return value === null || value === '' || Number.isNaN(value)
}
