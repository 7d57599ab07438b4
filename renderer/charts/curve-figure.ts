/** A curve chart as a picture of its own, with the same paths, scales and ticks as the window shows. */
import type { Range } from './chart-group.svelte.ts'
import type { ChartCurve } from './curve.ts'
import { curveLayers, edgeMarks, markerLayers, notNumberMarks } from './curve-layers.ts'
import type { PlotLook } from './curve-plot.ts'
import type { Figure } from './figure.ts'
import { frameOf } from './figure-axes.ts'
import type { VerticalRange } from './visible-range.ts'

export interface CurvePicture {
  readonly width: number
  readonly height: number
  readonly view: Range
  readonly vertical: VerticalRange | null
  readonly curves: readonly ChartCurve[]
  readonly axes: PlotLook
  readonly markers: readonly { readonly x: number; readonly label: string }[]
}

export function curveFigure({ width, height, view, vertical, curves, axes, markers }: CurvePicture): Figure {
  const { from, to } = vertical ?? { from: 0.1, to: 1 }
  const frame = frameOf(
    width,
    height,
    { kind: axes.xKind, ...view, label: axes.xLabel, format: axes.xFormat },
    { kind: axes.yKind, from, to, label: '', format: axes.yFormat },
  )
  const items = [
    ...frame.items,
    ...markerLayers(markers, frame),
    ...curveLayers(curves, frame, null),
    ...notNumberMarks(curves, frame),
    ...edgeMarks(curves, frame, vertical),
  ]
  return { width, height, items }
}
