/** Figures on a canvas. */
import type { Figure, FigureItem, Palette } from './figure.ts'

/** Draws items given in CSS pixels. @param ratio device pixels per CSS pixel */
export function paint(
  context: CanvasRenderingContext2D,
  items: readonly FigureItem[],
  palette: Palette,
  ratio: number,
): void {
  context.save()
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.lineJoin = 'round'
  for (const item of items) {
    if (item.kind === 'text') {
      paintText(context, item, palette)
      continue
    }
    const { trace, stroke, fill, width = 1, dash = [], alpha = 1, clip } = item
    const path = new Path2D()
    trace(path)
    context.globalAlpha = alpha
    if (clip !== undefined) {
      context.save()
      context.beginPath()
      context.rect(clip.left, clip.top, clip.width, clip.height)
      context.clip()
    }
    if (fill !== undefined) {
      context.fillStyle = palette(fill)
      context.fill(path)
    }
    if (stroke !== undefined) {
      context.strokeStyle = palette(stroke)
      context.lineWidth = width
      context.setLineDash([...dash])
      context.stroke(path)
    }
    if (clip !== undefined) context.restore()
  }
  context.restore()
}

function paintText(
  context: CanvasRenderingContext2D,
  item: Extract<FigureItem, { kind: 'text' }>,
  palette: Palette,
): void {
  const {
    x,
    y,
    text,
    colour,
    size,
    weight = 400,
    anchor = 'start',
    baseline = 'bottom',
    upwards,
    halo,
  } = item
  context.save()
  context.globalAlpha = 1
  context.font = `${weight} ${size}px 'Inter Variable', system-ui, sans-serif`
  context.fillStyle = palette(colour)
  context.textAlign = anchor === 'middle' ? 'center' : anchor
  context.textBaseline = baseline === 'bottom' ? 'alphabetic' : baseline
  context.translate(x, y)
  if (upwards === true) context.rotate(-Math.PI / 2)
  if (halo === true) {
    context.strokeStyle = palette('--surface')
    context.lineWidth = 3
    context.setLineDash([])
    context.strokeText(text, 0, 0)
  }
  context.fillText(text, 0, 0)
  context.restore()
}

/** The figure as a PNG, twice as fine as on a plain screen. */
export async function toPng({ width, height, items }: Figure, palette: Palette): Promise<Blob> {
  const ratio = 2
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no canvas to draw on.')
  paint(context, items, palette, ratio)
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The picture is too large.')) : resolve(blob)))
  })
}
