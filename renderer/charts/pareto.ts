/** Runs by two figures, and those of them that no other run beats in both. */
import type { Figure, FigureItem } from './figure.ts'
import { circle, line } from './figure.ts'
import { type Frame, frameOf } from './figure-axes.ts'
import type { FigureFormat } from './figure-text.ts'
import { padded, type ScaleKind } from './scale.ts'
import type { LineStyle } from './slots.ts'

export interface ParetoPoint {
  readonly id: string
  readonly label: string
  readonly style: LineStyle
  readonly x: number
  readonly y: number
}

export interface ParetoAxis {
  readonly label: string
  readonly format: FigureFormat
  readonly better: 'lower' | 'higher'
  readonly kind: ScaleKind
}

/** Points that no other point equals or beats in both figures while beating it in one, from left to right. */
export function frontierOf(points: readonly ParetoPoint[], x: ParetoAxis, y: ParetoAxis): ParetoPoint[] {
  const worse = (axis: ParetoAxis, a: number, b: number) => (axis.better === 'lower' ? a > b : a < b)
  const beaten = (point: ParetoPoint) =>
    points.some(
      (other) =>
        !worse(x, other.x, point.x) &&
        !worse(y, other.y, point.y) &&
        (worse(x, point.x, other.x) || worse(y, point.y, other.y)),
    )
  return points.filter((point) => !beaten(point)).sort((a, b) => a.x - b.x || a.y - b.y)
}

export interface ParetoPicture {
  readonly width: number
  readonly height: number
  readonly points: readonly ParetoPoint[]
  readonly x: ParetoAxis
  readonly y: ParetoAxis
}

export function paretoFrame({ width, height, points, x, y }: ParetoPicture): Frame {
  const axis = ({ kind, label, format }: ParetoAxis, values: readonly number[]) => {
    const usable = values.filter((value) => kind === 'linear' || value > 0)
    const [from, to] = padded(kind, Math.min(...usable), Math.max(...usable), 0.12)
    const known = usable.length > 0
    return { kind, label, format, from: known ? from : 0.1, to: known ? to : 1 }
  }
  return frameOf(
    width,
    height,
    axis(
      x,
      points.map((point) => point.x),
    ),
    axis(
      y,
      points.map((point) => point.y),
    ),
  )
}

/** Steps between the points of the frontier: everything beyond it is beaten by one of them. */
export function frontierItems({ points, x, y }: ParetoPicture, frame: Frame): FigureItem[] {
  const places = frontierOf(points, x, y).map((point) => [frame.x.at(point.x), frame.y.at(point.y)] as const)
  const corners = places.flatMap(([px, py], i) => {
    const before = places[i - 1]
    if (before === undefined) return [[px, py] as const]
    // The corner lies where both figures are the worse of the two.
    const corner = x.better === 'lower' ? ([px, before[1]] as const) : ([before[0], py] as const)
    return [corner, [px, py] as const]
  })
  return [
    { kind: 'path', trace: line(corners), stroke: '--text-3', width: 1.5, dash: [4, 3], clip: frame.box },
  ]
}

export function paretoFigure(picture: ParetoPicture): Figure {
  const frame = paretoFrame(picture)
  const dots = picture.points.flatMap((point): FigureItem[] => {
    const [x, y] = [frame.x.at(point.x), frame.y.at(point.y)]
    return [
      { kind: 'path', trace: circle(x, y, 5), fill: point.style.colour },
      { kind: 'text', x: x + 8, y, text: point.label, colour: '--text-2', size: 11, baseline: 'middle' },
    ]
  })
  const { width, height } = picture
  return { width, height, items: [...frame.items, ...frontierItems(picture, frame), ...dots] }
}
