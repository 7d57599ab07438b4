/**
 * A picture as a list of paths and texts in pixels, its colours by the names of tokens: drawn on a canvas, written as SVG,
 * or shown in the page, from one description.
 */
import type { LineStyle } from './slots.ts'

/** What a path is written to: a canvas' Path2D, or the text of an SVG path. */
export interface PathSink {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, start: number, end: number): void
  closePath(): void
}

export interface FigurePath {
  readonly kind: 'path'
  readonly trace: (sink: PathSink) => void
  /** Tokens, e.g. `--run-1`. */
  readonly stroke?: string
  readonly fill?: string
  readonly width?: number
  readonly dash?: readonly number[]
  readonly alpha?: number
  /** Cut off at the edges of this box. */
  readonly clip?: Box | undefined
}

export interface FigureText {
  readonly kind: 'text'
  readonly x: number
  readonly y: number
  readonly text: string
  readonly colour: string
  readonly size: number
  readonly weight?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly baseline?: 'top' | 'middle' | 'bottom'
  /** Runs upwards. */
  readonly upwards?: boolean
  /** Stands out from lines behind it. */
  readonly halo?: boolean
}

export type FigureItem = FigurePath | FigureText

export interface Figure {
  readonly width: number
  readonly height: number
  readonly items: readonly FigureItem[]
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Colour of a token. */
export type Palette = (token: string) => string

export function line(points: readonly (readonly [x: number, y: number])[]): FigurePath['trace'] {
  return (sink) => {
    for (const [i, [x, y]] of points.entries()) {
      if (i === 0) sink.moveTo(x, y)
      else sink.lineTo(x, y)
    }
  }
}

export function rectangle({ left, top, width, height }: Box): FigurePath['trace'] {
  return (sink) => {
    sink.moveTo(left, top)
    sink.lineTo(left + width, top)
    sink.lineTo(left + width, top + height)
    sink.lineTo(left, top + height)
    sink.closePath()
  }
}

export function circle(x: number, y: number, radius: number): FigurePath['trace'] {
  return (sink) => {
    sink.moveTo(x + radius, y)
    sink.arc(x, y, radius, 0, 2 * Math.PI)
    sink.closePath()
  }
}

/** A triangle whose tip lies at the point; `direction` 1 points down, −1 up. */
export function triangle(x: number, y: number, size: number, direction: 1 | -1): FigurePath['trace'] {
  return (sink) => {
    sink.moveTo(x, y)
    sink.lineTo(x - size * 0.7, y - direction * size)
    sink.lineTo(x + size * 0.7, y - direction * size)
    sink.closePath()
  }
}

/** Least size of a picture that stands alone, whatever room its chart has in the window. */
export function pictureSize(
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  return { width: Math.max(720, width), height: Math.max(340, height) }
}

/** Title above and names with their lines below: a picture that can stand alone. */
export function captioned(
  figure: Figure,
  {
    title,
    entries,
  }: { title: string; entries: readonly { readonly label: string; readonly style: LineStyle }[] },
): Figure {
  const [margin, head, rowHeight] = [16, 40, 20]
  const columnWidth = 52 + 6.8 * Math.max(0, ...entries.map(({ label }) => label.length))
  const width = figure.width + 2 * margin
  const columns = Math.max(1, Math.floor(figure.width / columnWidth))
  const rows = Math.ceil(entries.length / columns)
  const height = head + figure.height + rows * rowHeight + margin
  const items: FigureItem[] = [
    { kind: 'path', trace: rectangle({ left: 0, top: 0, width, height }), fill: '--surface' },
    {
      kind: 'text',
      x: margin,
      y: 22,
      text: title,
      colour: '--text',
      size: 14,
      weight: 600,
      baseline: 'middle',
    },
    ...figure.items.map((item) => moved(item, margin, head)),
  ]
  for (const [i, { label, style }] of entries.entries()) {
    const x = margin + (i % columns) * columnWidth
    const y = head + figure.height + Math.floor(i / columns) * rowHeight + rowHeight / 2
    const sample = line([
      [x, y],
      [x + 22, y],
    ])
    items.push({ kind: 'path', trace: sample, stroke: style.colour, width: 2, dash: style.dash })
    items.push({ kind: 'text', x: x + 28, y, text: label, colour: '--text', size: 12, baseline: 'middle' })
  }
  return { width, height, items }
}

export function moved(item: FigureItem, dx: number, dy: number): FigureItem {
  if (item.kind === 'text') return { ...item, x: item.x + dx, y: item.y + dy }
  const { trace, clip } = item
  return {
    ...item,
    trace: (sink) => trace(shifted(sink, dx, dy)),
    clip: clip && { ...clip, left: clip.left + dx, top: clip.top + dy },
  }
}

function shifted(sink: PathSink, dx: number, dy: number): PathSink {
  return {
    moveTo: (x, y) => sink.moveTo(x + dx, y + dy),
    lineTo: (x, y) => sink.lineTo(x + dx, y + dy),
    arc: (x, y, radius, start, end) => sink.arc(x + dx, y + dy, radius, start, end),
    closePath: () => sink.closePath(),
  }
}
