/** A line in a chart: columns, name and look. */
import type { BandColumns, Column, CurveColumns } from './columns.ts'
import type { LineStyle } from './slots.ts'

export interface ChartCurve {
  readonly id: string
  readonly label: string
  readonly style: LineStyle
  /** Stored values in the order of x. */
  readonly x: Column
  readonly y: Column
  /** The smoothed line; empty without smoothing. */
  readonly smoothX: Column
  readonly smoothY: Column
  /** Where values are no numbers. */
  readonly notNumberX: Column
  /** Spread around the line. */
  readonly band?: { readonly x: Column; readonly low: Column; readonly high: Column }
  /** Each value gets a dot: few, far between, like evaluations. */
  readonly points?: boolean
  /** The whole curve in figures, where the host told them. */
  readonly summary?: CurveColumns['summary']
}

export const emptyColumn: Column = new Float64Array(0)

/** A run's curve as the host sent it. */
export function chartCurve(columns: CurveColumns, label: string, style: LineStyle): ChartCurve {
  const { runId, x, y, smoothX, smoothY, notNumberX, summary, metric } = columns
  return {
    id: runId,
    label,
    style,
    x,
    y,
    smoothX,
    smoothY,
    notNumberX,
    summary,
    points: metric === 'validationLoss',
  }
}

/** The mean of a group with its spread. */
export function bandCurve(band: BandColumns, label: string, style: LineStyle): ChartCurve {
  // The grid is that of all groups; a group's curve is where it has values.
  const first = band.mean.findIndex(Number.isFinite)
  const end = band.mean.findLastIndex(Number.isFinite) + 1
  const part = (column: Column) => (first === -1 ? emptyColumn : column.subarray(first, end))
  return {
    id: band.name,
    label,
    style,
    x: part(band.x),
    y: part(band.mean),
    smoothX: emptyColumn,
    smoothY: emptyColumn,
    notNumberX: emptyColumn,
    band: { x: band.x, low: band.low, high: band.high },
  }
}
