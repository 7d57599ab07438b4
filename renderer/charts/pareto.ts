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

export interface PointLabel {
  readonly id: string
  readonly text: string
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'end'
}

const letterWidth = 6.4
const lineHeight = 13

/** Names beside their points, the frontier's first; one that would lie over another is left out. */
export function labelsOf({ points, x, y, width }: ParetoPicture, frame: Frame): PointLabel[] {
  const best = new Set(frontierOf(points, x, y).map(({ id }) => id))
  const ordered = [...points].sort((a, b) => Number(best.has(b.id)) - Number(best.has(a.id)))
  const labels: PointLabel[] = []
  const taken: { readonly from: number; readonly to: number; readonly y: number }[] = []
  for (const point of ordered) {
    const [px, py] = [frame.x.at(point.x), frame.y.at(point.y)]
    const length = point.label.length * letterWidth
    const after = px + 10 + length <= width
    const [from, to] = after ? [px + 10, px + 10 + length] : [px - 10 - length, px - 10]
    if (taken.some((other) => Math.abs(other.y - py) < lineHeight && from < other.to && to > other.from))
      continue
    taken.push({ from, to, y: py })
    labels.push({
      id: point.id,
      text: point.label,
      x: after ? from : to,
      y: py,
      anchor: after ? 'start' : 'end',
    })
  }
  return labels
}

export function paretoFigure(picture: ParetoPicture): Figure {
  const frame = paretoFrame(picture)
  const dots = picture.points.map(({ x, y, style }): FigureItem => {
    return { kind: 'path', trace: circle(frame.x.at(x), frame.y.at(y), 5), fill: style.colour }
  })
  const texts = labelsOf(picture, frame).map(({ x, y, text, anchor }): FigureItem => {
    return { kind: 'text', x, y, text, anchor, colour: '--text-2', size: 11, baseline: 'middle', halo: true }
  })
  const { width, height } = picture
  return { width, height, items: [...frame.items, ...frontierItems(picture, frame), ...dots, ...texts] }
}
