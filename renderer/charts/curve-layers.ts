/** Curves as paths: raw lines faint behind smoothed ones, bands, dots, and marks for what cannot be drawn. */
import type { ChartCurve } from './curve.ts'
import type { Box, FigurePath, PathSink } from './figure.ts'
import { circle, line, triangle } from './figure.ts'
import type { Scale } from './scale.ts'
import { covering } from './search.ts'
import type { VerticalRange } from './visible-range.ts'

export interface Viewport {
  readonly box: Box
  readonly x: Scale
  readonly y: Scale
}

/** Lines that leave the box far behind say nothing more. */
const farOut = 20_000
/** Marks at the edge closer than this many pixels are one. */
const markSpacing = 7
const mostDots = 80
/** Points per pixel from which a line is a band of strokes: hairlines show it as well, and are far cheaper to draw. */
const dense = 0.4

/** @param nearest the curve that stands out; it is drawn last */
export function curveLayers(
  curves: readonly ChartCurve[],
  viewport: Viewport,
  nearest: string | null,
): FigurePath[] {
  const ordered = [...curves].sort((a, b) => Number(a.id === nearest) - Number(b.id === nearest))
  return ordered.flatMap((curve) => layersOf(curve, viewport, nearest))
}

function layersOf(curve: ChartCurve, viewport: Viewport, nearest: string | null): FigurePath[] {
  const { box } = viewport
  const { colour, dash } = curve.style
  const bold = curve.id === nearest
  // With one curve pointed at, the others step back.
  const behind = nearest !== null && !bold
  const smooth = curve.smoothX.length > 0
  const layers: FigurePath[] = []
  if (curve.band !== undefined) {
    const trace = bandTrace(curve.band, viewport)
    layers.push({ kind: 'path', trace, fill: colour, alpha: behind ? 0.08 : 0.18, clip: box })
  }
  const raw = lineTrace(curve.x, curve.y, viewport)
  const strong = { width: bold ? 2.75 : 1.5, dash, alpha: behind ? 0.45 : 1, clip: box }
  const hairline = pointsInView(curve, viewport) > box.width * dense
  if (smooth) {
    layers.push({ kind: 'path', trace: raw, stroke: colour, width: 1, alpha: behind ? 0.1 : 0.25, clip: box })
    const trace = lineTrace(curve.smoothX, curve.smoothY, viewport)
    layers.push({ kind: 'path', trace, stroke: colour, ...strong })
  } else
    layers.push({
      kind: 'path',
      trace: raw,
      stroke: colour,
      ...strong,
      ...(hairline && !bold ? { width: 1 } : {}),
    })
  const dots = dotPlaces(curve, viewport)
  if (dots.length > 0) {
    const trace = (sink: PathSink) => {
      for (const [x, y] of dots) circle(x, y, bold ? 3.5 : 2.5)(sink)
    }
    layers.push({ kind: 'path', trace, fill: colour, alpha: behind ? 0.45 : 1, clip: box })
  }
  return layers
}

function pointsInView({ x: xs }: ChartCurve, { x }: Viewport): number {
  const [first, end] = covering(xs, x.from, x.to)
  return end - first
}

/** Marks at the edges: values beyond the shown range, and on a logarithmic axis those it does not have. */
export function edgeMarks(
  curves: readonly ChartCurve[],
  viewport: Viewport,
  range: VerticalRange | null,
): FigurePath[] {
  if (range === null || range.above + range.below + range.notPositive === 0) return []
  const { box, x, y } = viewport
  const [top, bottom] = [box.top, box.top + box.height]
  return curves.flatMap(({ x: xs, y: ys, style }) => {
    const [ups, downs, lost]: [number[], number[], number[]] = [[], [], []]
    const [first, end] = covering(xs, x.from, x.to)
    for (let i = first; i < end; i++) {
      if (xs[i]! < x.from || xs[i]! > x.to) continue
      const value = ys[i]!
      if (y.kind === 'log' && value <= 0) place(lost, x.at(xs[i]!))
      else if (value > range.to) place(ups, x.at(xs[i]!))
      else if (value < range.from) place(downs, x.at(xs[i]!))
    }
    const shape = (places: readonly number[], edge: number, direction: 1 | -1) => (sink: PathSink) => {
      for (const at of places) triangle(at, edge, 6, direction)(sink)
    }
    const marks: FigurePath[] = []
    if (ups.length > 0) marks.push({ kind: 'path', trace: shape(ups, top, -1), fill: style.colour })
    if (downs.length > 0) marks.push({ kind: 'path', trace: shape(downs, bottom, 1), fill: style.colour })
    if (lost.length > 0)
      marks.push({ kind: 'path', trace: shape(lost, bottom - 1, 1), stroke: style.colour, width: 1.25 })
    return marks
  })
}

/** Red ticks on the lower edge where values are no numbers. */
export function notNumberMarks(curves: readonly ChartCurve[], { box, x }: Viewport): FigurePath[] {
  const places: number[] = []
  for (const { notNumberX } of curves)
    for (const value of notNumberX) if (value >= x.from && value <= x.to) places.push(x.at(value))
  if (places.length === 0) return []
  const bottom = box.top + box.height
  const trace = (sink: PathSink) => {
    for (const at of places)
      line([
        [at, bottom],
        [at, bottom - 10],
      ])(sink)
  }
  return [{ kind: 'path', trace, stroke: '--bad', width: 2 }]
}

/** Dashed vertical lines at places worth knowing. */
export function markerLayers(markers: readonly { readonly x: number }[], { box, x }: Viewport): FigurePath[] {
  const seen = markers.filter((marker) => marker.x >= x.from && marker.x <= x.to)
  if (seen.length === 0) return []
  const trace = (sink: PathSink) => {
    for (const marker of seen) {
      sink.moveTo(x.at(marker.x), box.top)
      sink.lineTo(x.at(marker.x), box.top + box.height)
    }
  }
  return [{ kind: 'path', trace, stroke: '--border-strong', width: 1, dash: [3, 3] }]
}

export function lineTrace(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { x, y }: Viewport,
): FigurePath['trace'] {
  return (sink) => {
    const [first, end] = covering(xs, x.from, x.to)
    let down = false
    for (let i = first; i < end; i++) {
      const [px, py] = [x.at(xs[i]!), y.at(ys[i]!)]
      // The pen is lifted where there is no value; on a logarithmic axis also at 0 and below.
      if (!Number.isFinite(px) || Number.isNaN(py) || py === Number.POSITIVE_INFINITY) {
        down = false
        continue
      }
      const at = py > farOut ? farOut : py < -farOut ? -farOut : py
      if (down) sink.lineTo(px, at)
      else sink.moveTo(px, at)
      down = true
    }
  }
}

function bandTrace(band: NonNullable<ChartCurve['band']>, viewport: Viewport): FigurePath['trace'] {
  const { x, y } = viewport
  const clamp = (value: number) => Math.min(farOut, Math.max(-farOut, value))
  return (sink) => {
    const [first, end] = covering(band.x, x.from, x.to)
    for (let start = first; start < end; ) {
      // One closed shape per stretch that has a spread.
      if (!Number.isFinite(band.low[start]!)) {
        start += 1
        continue
      }
      let stop = start
      while (stop < end && Number.isFinite(band.low[stop]!)) stop += 1
      for (let i = start; i < stop; i++) {
        const [px, py] = [x.at(band.x[i]!), clamp(y.at(band.high[i]!))]
        if (i === start) sink.moveTo(px, py)
        else sink.lineTo(px, py)
      }
      for (let i = stop - 1; i >= start; i--) sink.lineTo(x.at(band.x[i]!), clamp(y.at(band.low[i]!)))
      sink.closePath()
      start = stop
    }
  }
}

function dotPlaces(curve: ChartCurve, { x, y }: Viewport): [number, number][] {
  const [first, end] = covering(curve.x, x.from, x.to)
  // A single value would not be seen as a line.
  const few = end - first <= mostDots
  if (!few || (curve.points !== true && end - first > 1)) return []
  const places: [number, number][] = []
  for (let i = first; i < end; i++) {
    const at = y.at(curve.y[i]!)
    if (Number.isFinite(at)) places.push([x.at(curve.x[i]!), at])
  }
  return places
}

function place(places: number[], at: number): void {
  const last = places.at(-1)
  if (last === undefined || at - last >= markSpacing) places.push(at)
}
