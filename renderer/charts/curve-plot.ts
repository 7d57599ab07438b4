/** A uPlot with our own paths: uPlot lays out axes and selects a range, the curves are painted from their columns. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Range } from './chart-group.svelte.ts'
import type { Viewport } from './curve-layers.ts'
import type { FigurePath, Palette } from './figure.ts'
import { axisTicks } from './figure-axes.ts'
import { paint } from './figure-canvas.ts'
import { type FigureFormat, tickLabels } from './figure-text.ts'
import { type ScaleKind, scaleOf } from './scale.ts'

export interface PlotLook {
  readonly xKind: ScaleKind
  readonly yKind: ScaleKind
  readonly xLabel: string
  readonly xFormat: FigureFormat
  readonly yFormat: FigureFormat
}

export interface PlotContent {
  readonly view: Range
  readonly vertical: Range
  /** What is painted into the box. */
  readonly layers: (viewport: Viewport) => readonly FigurePath[]
}

export interface PlotEvents {
  /** Pointer over the plot, in pixels from its box's corner; null when it left. */
  move(position: { readonly x: number; readonly y: number } | null): void
  select(range: Range): void
  /** A press without a drag, in pixels from the box's corner. */
  press(position: { readonly x: number; readonly y: number }): void
  showAll(): void
  /** Moves the view by pixels. */
  pan(pixels: number): void
  /** Zooms by a factor around a place. */
  zoom(factor: number, x: number): void
  /** The box and its scales after a drawing. */
  drawn(viewport: Viewport): void
}

const font = "11px 'Inter Variable', system-ui, sans-serif"

export class CurvePlot {
  readonly #plot: uPlot
  readonly #look: PlotLook
  readonly #events: PlotEvents
  #content: PlotContent
  #palette: Palette

  constructor(
    target: HTMLElement,
    size: { readonly width: number; readonly height: number },
    palette: Palette,
    look: PlotLook,
    content: PlotContent,
    events: PlotEvents,
  ) {
    this.#look = look
    this.#content = content
    this.#palette = palette
    this.#events = events
    this.#plot = new uPlot(this.#options(size), this.#data(), target)
    this.#listen(this.#plot.over)
  }

  update(content: PlotContent): void {
    this.#content = content
    this.#plot.setData(this.#data(), true)
  }

  resize(width: number, height: number): void {
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height })
  }

  recolour(palette: Palette): void {
    this.#palette = palette
    this.#plot.redraw(false)
  }

  destroy(): void {
    this.#plot.destroy()
  }

  /** In CSS pixels of the target. */
  viewport(): Viewport {
    const { left, top, width, height } = this.#plot.bbox
    const ratio = uPlot.pxRatio
    const box = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio }
    const { view, vertical } = this.#content
    const { xKind, yKind } = this.#look
    return {
      box,
      x: scaleOf(xKind, view.from, view.to, box.left, box.left + box.width),
      y: scaleOf(yKind, vertical.from, vertical.to, box.top + box.height, box.top),
    }
  }

  #data(): uPlot.AlignedData {
    // The curves are not uPlot's: all it needs is where the axis begins and ends.
    return [[this.#content.view.from, this.#content.view.to]]
  }

  #options({ width, height }: { readonly width: number; readonly height: number }): uPlot.Options {
    const { xKind, yKind, xLabel, xFormat, yFormat } = this.#look
    const colour = (token: string) => () => this.#palette(token)
    const axis = (kind: ScaleKind, along: 'x' | 'y', format: FigureFormat): uPlot.Axis => ({
      scale: along,
      font,
      stroke: colour('--axis'),
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { stroke: colour('--grid'), width: 1, size: 4 },
      gap: 4,
      splits: (plot, _, from, to) => {
        const { width: wide, height: high } = plot.bbox
        const pixels = (along === 'x' ? wide || width : high || height) / uPlot.pxRatio
        return axisTicks({ kind, from, to }, pixels, along)
      },
      filter: (_, splits) => splits,
      values: (_, splits) => tickLabels(splits, format),
    })
    return {
      width,
      height,
      legend: { show: false },
      scales: {
        x: { time: false, distr: distributionOf(xKind), range: () => pair(this.#content.view) },
        y: { distr: distributionOf(yKind), range: () => pair(this.#content.vertical) },
      },
      series: [{}],
      axes: [
        {
          ...axis(xKind, 'x', xFormat),
          size: 26,
          label: xLabel,
          labelFont: font,
          labelSize: 16,
          labelGap: 0,
        },
        {
          ...axis(yKind, 'y', yFormat),
          size: (_, labels) =>
            Math.ceil(Math.max(28, ...(labels ?? []).map((text) => text.length * 6.4)) + 12),
        },
      ],
      padding: [8, 12, 0, 0],
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: {
          // Shift and the middle button pan.
          mousedown: (_, __, handler) => (event) => {
            if (event.button === 0 && !event.shiftKey) handler(event)
            return null
          },
          dblclick: () => () => {
            this.#events.showAll()
            return null
          },
        },
      },
      hooks: {
        draw: [(plot) => this.#draw(plot)],
        setSelect: [(plot) => this.#selected(plot)],
      },
    }
  }

  #draw(plot: uPlot): void {
    const viewport = this.viewport()
    paint(plot.ctx, this.#content.layers(viewport), this.#palette, uPlot.pxRatio)
    this.#events.drawn(viewport)
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select
    if (width < 4) return
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    const { box, x } = this.viewport()
    this.#events.select({ from: x.value(box.left + left), to: x.value(box.left + left + width) })
  }

  #listen(over: HTMLElement): void {
    over.addEventListener('pointermove', (event) => this.#events.move({ x: event.offsetX, y: event.offsetY }))
    over.addEventListener('pointerleave', () => this.#events.move(null))
    over.addEventListener('click', (event) => this.#events.press({ x: event.offsetX, y: event.offsetY }))
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 1 && !(event.button === 0 && event.shiftKey)) return
      event.preventDefault()
      over.setPointerCapture(event.pointerId)
      let last = event.clientX
      const drag = (now: PointerEvent) => {
        this.#events.pan(last - now.clientX)
        last = now.clientX
      }
      over.addEventListener('pointermove', drag)
      over.addEventListener('lostpointercapture', () => over.removeEventListener('pointermove', drag), {
        once: true,
      })
    })
    over.addEventListener(
      'wheel',
      (event) => {
        const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
        if (event.ctrlKey || event.metaKey) this.#events.zoom(2 ** (-event.deltaY / 200), event.offsetX)
        else if (Math.abs(sideways) > Math.abs(event.deltaY) || (event.shiftKey && sideways !== 0))
          this.#events.pan(sideways)
        // Scrolling the page past a chart stays possible.
        else return
        event.preventDefault()
      },
      { passive: false },
    )
  }
}

/** uPlot's numbers for a linear and a logarithmic scale. */
function distributionOf(kind: ScaleKind): 1 | 3 {
  return kind === 'log' ? 3 : 1
}

function pair({ from, to }: Range): [number, number] {
  return [from, to]
}
