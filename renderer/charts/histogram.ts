/** A histogram as a picture: bars, axes, marker lines. */
import type { Figure, FigureItem } from './figure.ts'
import { line, rectangle } from './figure.ts'
import { type Frame, frameOf } from './figure-axes.ts'
import type { FigureFormat } from './figure-text.ts'

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

export interface HistogramPicture {
  readonly width: number
  readonly height: number
  readonly bins: readonly Bin[]
  readonly xLabel: string
  readonly format: FigureFormat
  readonly markers: readonly { readonly x: number; readonly label: string }[]
}

export function histogramFrame({ width, height, bins, xLabel, format, markers }: HistogramPicture): Frame {
  const edges = [...bins.flatMap(({ from, to }) => [from, to]), ...markers.map(({ x }) => x)]
  const [from, to] = edges.length === 0 ? [0, 1] : [least(edges), greatest(edges)]
  const most = Math.max(1, greatest(bins.map(({ count }) => count)))
  return frameOf(
    width,
    height,
    { kind: 'linear', from, to: to > from ? to : from + 1, label: xLabel, format },
    { kind: 'linear', from: 0, to: most * 1.05, label: '', format: 'count' },
  )
}

/** Whether a bin lies behind the first marker: rows that are cut, say. */
export function beyond(bin: Bin, markers: HistogramPicture['markers']): boolean {
  return markers.length > 0 && bin.from >= least(markers.map(({ x }) => x))
}

export function histogramFigure(picture: HistogramPicture): Figure {
  const frame = histogramFrame(picture)
  const bars = picture.bins.map((bin): FigureItem => {
    const fill = beyond(bin, picture.markers) ? '--warn' : '--run-1'
    return { kind: 'path', trace: rectangle(barBox(bin, frame)), fill }
  })
  return {
    width: picture.width,
    height: picture.height,
    items: [...frame.items, ...bars, ...markerItems(picture, frame)],
  }
}

/** A bar with a gap of a pixel to the next; never thinner than a pixel, never lower where there is something. */
export function barBox({ from, to, count }: Bin, { box, x, y }: Frame) {
  const left = x.at(from)
  const height = count === 0 ? 0 : Math.max(1.5, y.at(0) - y.at(count))
  return { left, top: box.top + box.height - height, width: Math.max(1, x.at(to) - left - 1), height }
}

export function markerItems({ markers }: Pick<HistogramPicture, 'markers'>, { box, x }: Frame): FigureItem[] {
  const right = box.left + box.width
  return markers.flatMap((marker): FigureItem[] => {
    const at = x.at(marker.x)
    const before = at > right - 80
    return [
      {
        kind: 'path',
        trace: line([
          [at, box.top],
          [at, box.top + box.height],
        ]),
        stroke: '--text',
        width: 1.5,
        dash: [4, 3],
      },
      {
        kind: 'text',
        x: at + (before ? -5 : 5),
        y: box.top + 8,
        text: marker.label,
        colour: '--text',
        size: 11,
        anchor: before ? 'end' : 'start',
        baseline: 'middle',
      },
    ]
  })
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0)
