/** Any chart as a file: what it shows, as vectors or pixels, in either theme. */
import type { Figure } from './figure.ts'
import { captioned } from './figure.ts'
import { toPng } from './figure-canvas.ts'
import { toSvg } from './figure-svg.ts'
import { paletteOf } from './palette.ts'
import type { LineStyle } from './slots.ts'

export interface ChartPicture {
  readonly title: string
  readonly figure: Figure
  readonly entries: readonly { readonly label: string; readonly style: LineStyle }[]
}

export interface PictureOptions {
  readonly format: 'svg' | 'png'
  readonly theme: 'light' | 'dark'
}

const pictures = new WeakMap<Element, () => ChartPicture>()

/** A chart says how its picture is made. @returns takes it back */
export function offersFigure(element: Element, make: () => ChartPicture): () => void {
  pictures.set(element, make)
  return () => void pictures.delete(element)
}

/** The charts inside an element that can be saved, in their order. */
export function chartsIn(element: Element): { readonly element: Element; readonly title: string }[] {
  return [...element.querySelectorAll('[data-chart]')].flatMap((chart) => {
    const make = pictures.get(chart)
    return make === undefined ? [] : [{ element: chart, title: make().title }]
  })
}

/** @returns undefined where the element is no chart */
export async function chartFile(
  element: Element,
  { format, theme }: PictureOptions,
): Promise<File | undefined> {
  const picture = pictures.get(element)?.()
  if (picture === undefined) return undefined
  const { title, entries } = picture
  const figure = captioned(picture.figure, { title, entries })
  const palette = paletteOf(theme)
  const content = format === 'svg' ? toSvg(figure, title, palette) : await toPng(figure, palette)
  const name = `${title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}.${format}`
  return new File([content], name, { type: format === 'svg' ? 'image/svg+xml' : 'image/png' })
}

/** Saves a chart's picture where the browser puts downloads. */
export async function saveChart(element: Element, options: PictureOptions): Promise<void> {
  const file = await chartFile(element, options)
  if (file === undefined) return
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = file.name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
