/** Figures as SVG: real paths and texts, nothing rasterised. */
import type { Box, Figure, FigureItem, FigurePath, FigureText, Palette, PathSink } from './figure.ts'

const baselines = { top: 'hanging', middle: 'central', bottom: 'auto' } as const
const families = "'Inter Variable', Inter, system-ui, sans-serif"

/** A whole SVG document with its colours written in. */
export function toSvg({ width, height, items }: Figure, title: string, palette: Palette): string {
  const clips = new Map<string, Box>()
  const body = items.map((item) => write(item, palette, clips)).join('\n')
  const definitions = [...clips].map(
    ([id, { left, top, width: w, height: h }]) =>
      `<clipPath id="${id}"><rect x="${short(left)}" y="${short(top)}" width="${short(w)}" height="${short(h)}"/></clipPath>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}" font-family="${families}" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...(definitions.length === 0 ? [] : [`<defs>${definitions.join('')}</defs>`]),
    body,
    '</svg>',
    '',
  ].join('\n')
}

/** The `d` of a path. */
export function pathData(trace: FigurePath['trace']): string {
  const parts: string[] = []
  const sink: PathSink = {
    moveTo: (x, y) => void parts.push(`M${short(x)} ${short(y)}`),
    lineTo: (x, y) => void parts.push(`L${short(x)} ${short(y)}`),
    arc: (x, y, radius, start, end) => {
      // Two halves: an arc of SVG cannot end where it began.
      const middle = (start + end) / 2
      for (const angle of [middle, end]) {
        const [px, py] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
        parts.push(`A${short(radius)} ${short(radius)} 0 0 1 ${short(px)} ${short(py)}`)
      }
    },
    closePath: () => void parts.push('Z'),
  }
  trace(sink)
  return parts.join('')
}

function write(item: FigureItem, palette: Palette, clips: Map<string, Box>): string {
  return item.kind === 'path' ? writePath(item, palette, clips) : writeText(item, palette)
}

function writePath(path: FigurePath, palette: Palette, clips: Map<string, Box>): string {
  const { stroke, fill, width = 1, dash = [], alpha, clip } = path
  const attributes = [
    `fill="${fill === undefined ? 'none' : palette(fill)}"`,
    ...(stroke === undefined
      ? []
      : [`stroke="${palette(stroke)}"`, `stroke-width="${width}"`, 'stroke-linejoin="round"']),
    ...(dash.length === 0 ? [] : [`stroke-dasharray="${dash.join(' ')}"`]),
    ...(alpha === undefined ? [] : [`opacity="${alpha}"`]),
  ]
  if (clip !== undefined) {
    const known = [...clips].find(([, box]) => sameBox(box, clip))?.[0]
    const id = known ?? `clip-${clips.size + 1}`
    clips.set(id, clip)
    attributes.push(`clip-path="url(#${id})"`)
  }
  return `<path ${attributes.join(' ')} d="${pathData(path.trace)}"/>`
}

function writeText(item: FigureText, palette: Palette): string {
  const { x, y, text, colour, size, weight, anchor = 'start', baseline = 'bottom', upwards, halo } = item
  const attributes = [
    `x="${short(x)}"`,
    `y="${short(y)}"`,
    `fill="${palette(colour)}"`,
    `font-size="${size}"`,
    ...(weight === undefined ? [] : [`font-weight="${weight}"`]),
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
    `dominant-baseline="${baselines[baseline]}"`,
    ...(halo === true
      ? [
          `stroke="${palette('--surface')}"`,
          'stroke-width="3"',
          'paint-order="stroke"',
          'stroke-linejoin="round"',
        ]
      : []),
    ...(upwards === true ? [`transform="rotate(-90 ${short(x)} ${short(y)})"`] : []),
  ]
  return `<text ${attributes.join(' ')}>${escaped(text)}</text>`
}

function sameBox(a: Box, b: Box): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height
}

/** A hundredth of a pixel is finer than any screen. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
