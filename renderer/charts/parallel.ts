/** Parallel coordinates: one axis per setting or figure, one line per run, and which runs pass the brushes. */
import type { Figure, FigureItem } from './figure.ts'
import { line } from './figure.ts'
import { type FigureFormat, figureText } from './figure-text.ts'
import { type Scale, type ScaleKind, scaleOf } from './scale.ts'
import type { LineStyle } from './slots.ts'

/** A setting or figure with a value per run; null where a run has none. */
export interface Dimension {
  readonly key: string
  readonly label: string
  readonly format: FigureFormat | null
  readonly values: readonly (number | string | null)[]
}

export interface ParallelRun {
  readonly id: string
  readonly label: string
  readonly style: LineStyle
}

export interface ParallelAxis {
  readonly key: string
  readonly label: string
  /** Value of each run on the axis: a number, or the place of a category; NaN where it has none. */
  readonly values: readonly number[]
  readonly kind: ScaleKind
  readonly from: number
  readonly to: number
  /** Names of the places, of categories only. */
  readonly categories: readonly string[] | null
  text(value: number): string
}

export interface Brush {
  readonly from: number
  readonly to: number
}

/** Numbers whose greatest is this many times their least read best on a logarithmic axis. */
const wide = 50

export function axisOf({ key, label, format, values }: Dimension): ParallelAxis {
  const numeric = values.every((value) => value === null || typeof value === 'number')
  if (!numeric) return categoryAxis(key, label, values)
  const numbers = values.map((value) => (typeof value === 'number' ? value : Number.NaN))
  const known = numbers.filter(Number.isFinite)
  const [from, to] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)]
  const kind = from > 0 && to / from > wide ? 'log' : 'linear'
  const text = (value: number) => (format === null ? figureText(value, 'rate') : figureText(value, format))
  return { key, label, values: numbers, kind, from, to, categories: null, text }
}

function categoryAxis(key: string, label: string, values: Dimension['values']): ParallelAxis {
  const categories = [...new Set(values.filter((value) => value !== null).map(String))].sort()
  return {
    key,
    label,
    values: values.map((value) => (value === null ? Number.NaN : categories.indexOf(String(value)))),
    kind: 'linear',
    from: 0,
    to: Math.max(1, categories.length - 1),
    categories,
    text: (value) => categories[Math.round(value)] ?? '',
  }
}

/** Places of the runs that lie within all brushes; a run without a value on a brushed axis does not. */
export function passing(
  axes: readonly ParallelAxis[],
  brushes: ReadonlyMap<string, Brush>,
  count: number,
): Set<number> {
  const brushed = axes.filter(({ key }) => brushes.has(key))
  const within = (axis: ParallelAxis, run: number) => {
    const { from, to } = brushes.get(axis.key)!
    const value = axis.values[run]!
    return value >= from && value <= to
  }
  return new Set(
    Array.from({ length: count }, (_, run) => run).filter((run) =>
      brushed.every((axis) => within(axis, run)),
    ),
  )
}

const margin = { top: 42, bottom: 20, side: 84 }
const letterWidth = 6.2

export interface Layout {
  readonly top: number
  readonly bottom: number
  x(axis: number): number
  y(axis: number): Scale
}

export function layoutOf(axes: readonly ParallelAxis[], width: number, height: number): Layout {
  const [top, bottom] = [margin.top, height - margin.bottom]
  const gap = axes.length > 1 ? (width - 2 * margin.side) / (axes.length - 1) : 0
  return {
    top,
    bottom,
    x: (axis) => margin.side + axis * gap,
    y: (axis) => {
      const { kind, from, to } = axes[axis]!
      // Equal values lie in the middle.
      return to > from
        ? scaleOf(kind, from, to, bottom, top)
        : scaleOf('linear', from - 1, from + 1, bottom, top)
    },
  }
}

/** The line of a run; it is broken where the run has no value. */
export function runTrace(axes: readonly ParallelAxis[], layout: Layout, run: number) {
  const places = axes.map((axis, i) => [layout.x(i), layout.y(i).at(axis.values[run]!)] as const)
  return (sink: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void }) => {
    let down = false
    for (const [x, y] of places) {
      if (!Number.isFinite(y)) down = false
      else if (down) sink.lineTo(x, y)
      else {
        sink.moveTo(x, y)
        down = true
      }
    }
  }
}

/** Axes with their names and ends. */
export function axisItems(axes: readonly ParallelAxis[], layout: Layout): FigureItem[] {
  // Names and ends of neighbours must not run into each other: names stand in two rows.
  const gap = axes.length > 1 ? layout.x(1) - layout.x(0) : 2 * margin.side
  const letters = (pixels: number) => Math.max(3, Math.floor(pixels / letterWidth))
  return axes.flatMap((axis, i): FigureItem[] => {
    const x = layout.x(i)
    const scale = layout.y(i)
    const ticks = axis.categories === null ? [axis.from, axis.to] : axis.categories.map((_, place) => place)
    const shown = axis.to > axis.from || axis.categories !== null ? ticks : [axis.from]
    const last = i === axes.length - 1
    const beside = i === 0 || last ? margin.side - 12 : gap - 16
    return [
      {
        kind: 'path',
        trace: line([
          [x, layout.top],
          [x, layout.bottom],
        ]),
        stroke: '--border-strong',
        width: 1,
      },
      {
        kind: 'text',
        x,
        y: i % 2 === 0 ? 8 : 22,
        text: shortened(axis.label, letters(1.9 * gap)),
        colour: '--text',
        size: 11,
        weight: 500,
        anchor: 'middle',
        baseline: 'middle',
      },
      ...shown.map(
        (tick): FigureItem => ({
          kind: 'text',
          x: x + (last ? 10 : -10),
          y: scale.at(tick),
          text: shortened(axis.text(tick), letters(beside)),
          colour: '--text-2',
          size: 11,
          anchor: last ? 'start' : 'end',
          baseline: 'middle',
          halo: true,
        }),
      ),
    ]
  })
}

export function parallelFigure(
  axes: readonly ParallelAxis[],
  runs: readonly ParallelRun[],
  shown: ReadonlySet<number>,
  { width, height }: { readonly width: number; readonly height: number },
): Figure {
  const layout = layoutOf(axes, width, height)
  const lines = runs.map(
    ({ style }, run): FigureItem => ({
      kind: 'path',
      trace: runTrace(axes, layout, run),
      stroke: style.colour,
      width: 2,
      dash: style.dash,
      alpha: shown.has(run) ? 0.9 : 0.12,
    }),
  )
  return { width, height, items: [...lines, ...axisItems(axes, layout)] }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
