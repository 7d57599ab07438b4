/** Axes of a figure: grid, ticks, labels. */
import type { Box, FigureItem } from './figure.ts'
import { line } from './figure.ts'
import { type FigureFormat, tickLabels } from './figure-text.ts'
import { type Scale, type ScaleKind, scaleOf, ticksOf } from './scale.ts'

export interface Axis {
  readonly kind: ScaleKind
  readonly from: number
  readonly to: number
  readonly label: string
  readonly format: FigureFormat
}

const fontSize = 11
/** Pixels a tick of each axis wants for itself. */
const spacing = { x: 60, y: 26 }

export interface Frame {
  readonly box: Box
  readonly x: Scale
  readonly y: Scale
  readonly items: readonly FigureItem[]
}

export function axisTicks(
  axis: Pick<Axis, 'kind' | 'from' | 'to'>,
  pixels: number,
  along: 'x' | 'y',
): number[] {
  return ticksOf(axis.kind, axis.from, axis.to, Math.max(2, Math.floor(pixels / spacing[along])))
}

/** Grid and labels around the box in which data is drawn. */
export function frameOf(width: number, height: number, horizontal: Axis, vertical: Axis): Frame {
  const yTicks = axisTicks(vertical, height - 48, 'y')
  const yLabels = tickLabels(yTicks, vertical.format)
  const labelWidth = Math.max(24, ...yLabels.map((label) => label.length * 6.2))
  const left = Math.ceil(labelWidth + 10 + (vertical.label === '' ? 0 : 16))
  const box: Box = { left, top: 8, width: Math.max(10, width - left - 12), height: Math.max(10, height - 48) }
  const [right, bottom] = [box.left + box.width, box.top + box.height]
  const x = scaleOf(horizontal.kind, horizontal.from, horizontal.to, box.left, right)
  const y = scaleOf(vertical.kind, vertical.from, vertical.to, bottom, box.top)
  const xTicks = axisTicks(horizontal, box.width, 'x')
  const xLabels = tickLabels(xTicks, horizontal.format)
  const items: FigureItem[] = []
  for (const [i, tick] of yTicks.entries()) {
    const at = y.at(tick)
    items.push(grid([box.left, at], [right, at]))
    items.push(label(box.left - 6, at, yLabels[i]!, 'end', 'middle'))
  }
  for (const [i, tick] of xTicks.entries()) {
    const at = x.at(tick)
    items.push(grid([at, box.top], [at, bottom]))
    items.push(label(at, bottom + 6, xLabels[i]!, 'middle', 'top'))
  }
  items.push(label(box.left + box.width / 2, height - 4, horizontal.label, 'middle', 'bottom', '--text-2'))
  if (vertical.label !== '')
    items.push({
      ...label(12, box.top + box.height / 2, vertical.label, 'middle', 'bottom', '--text-2'),
      upwards: true,
    })
  return { box, x, y, items }
}

function grid(from: [number, number], to: [number, number]): FigureItem {
  return { kind: 'path', trace: line([from, to]), stroke: '--grid', width: 1 }
}

function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end',
  baseline: 'top' | 'middle' | 'bottom',
  colour = '--axis',
): Extract<FigureItem, { kind: 'text' }> {
  return { kind: 'text', x, y, text, colour, size: fontSize, anchor, baseline }
}
