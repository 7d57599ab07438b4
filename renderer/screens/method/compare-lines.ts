/** Lines of the side-by-side table, sorted by any of its columns. */
import type { EstimateView, Measured, MethodView } from '../../../electron/contract/methods.ts'

export interface CompareLine {
  readonly method: MethodView
  readonly estimate: EstimateView | undefined
  /** Why there are no figures. */
  readonly refused: string | undefined
  readonly measured: Measured | undefined
  /** Undefined where nothing is trained. */
  readonly learningRate: number | undefined
}

export interface CompareColumn {
  readonly key: string
  readonly title: string
  readonly number: boolean
  /** What it is sorted by; undefined goes to the end, whichever way. */
  readonly value: (line: CompareLine) => number | string | undefined
}

const able = (key: string) => (line: CompareLine) =>
  line.method.abilities.some((a) => a.key === key && a.has) ? 0 : 1

export const compareColumns: readonly CompareColumn[] = [
  { key: 'method', title: 'Method', number: false, value: (l) => l.method.title },
  { key: 'trained', title: 'Trained', number: true, value: (l) => l.estimate?.trainableParameters },
  { key: 'share', title: 'Share', number: true, value: (l) => l.estimate?.share },
  { key: 'file', title: 'File', number: true, value: (l) => l.estimate?.adapterBytes },
  { key: 'memory', title: 'Memory', number: true, value: (l) => l.estimate?.totalBytes },
  { key: 'step', title: 'Step', number: true, value: (l) => l.measured?.measurement.millisecondsPerStep },
  { key: 'run', title: 'Run', number: true, value: (l) => l.measured?.runSeconds },
  { key: 'rate', title: 'Learning rate', number: true, value: (l) => l.learningRate },
  { key: 'merge', title: 'Merges', number: false, value: able('merge') },
  { key: 'stack', title: 'Stacks', number: false, value: able('stack') },
]

export function sortLines(lines: readonly CompareLine[], key: string, descending: boolean): CompareLine[] {
  const column = compareColumns.find((c) => c.key === key) ?? compareColumns[0]!
  return [...lines].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y))
    return descending ? -order : order
  })
}
