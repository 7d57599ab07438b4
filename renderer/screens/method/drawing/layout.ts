/** Where the parts of a model stand in its drawing: boxes and lines from sites alone, without knowing any architecture. */
import type { Drawing, SiteView } from '../../../../electron/contract/methods.ts'

export interface Box {
  readonly site: SiteView
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
  /** Smaller, below the label. */
  readonly detail: string
  readonly lit: 'no' | 'beside' | 'inside'
  /** Layers that have this box. */
  readonly layers: readonly number[]
}

export interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly title: string
  /** Nothing is trained in these layers: drawn as one line. */
  readonly folded: boolean
}

export interface Sketch {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly frames: readonly Frame[]
  /** Paths of the flow, and those along which something trained flows. */
  readonly lines: readonly string[]
  /** Where sub-layers join the stream. */
  readonly joints: readonly { readonly x: number; readonly y: number }[]
  /** Of labels; details are a pixel smaller. */
  readonly fontSize: number
  readonly stream: { readonly x: number; readonly from: number; readonly to: number }
}

const STREAM = 20
/** Between columns; half of it where there is little room. */
const gaps = { wide: 14, narrow: 9 }
const NARROW = 470
const BOX = { height: 32, gap: 5 }
const ROW = { top: 10, bottom: 20 }
const FRAME = { left: 6, title: 22, gap: 10 }
const FOLDED = 28
/** Shares of the width for: leading norm, first column, middle, second column, and the joint where one is lit. */
const shares = [0.14, 0.27, 0.16, 0.25]
const jointShare = 0.15
const LEAST_WIDTH = 396

/** @param available pixels; a narrower window scrolls */
export function sketch(drawing: Drawing, available: number): Sketch {
  const width = Math.max(LEAST_WIDTH, Math.floor(available))
  const gap = width < NARROW ? gaps.narrow : gaps.wide
  const columns = columnsOf(
    width,
    gap,
    drawing.groups.some((group) => group.sites.some(isLitJoint)),
  )
  const boxes: Box[] = []
  const frames: Frame[] = []
  const lines: string[] = []
  const joints: { x: number; y: number }[] = []
  let y = 4

  // The input: embeddings and what stands before the text, on one line that begins the stream.
  const inputs = drawing.before.filter((site) => site.kind !== 'sequence' || site.trained.length > 0)
  let x = STREAM + 18
  for (const site of inputs) {
    const box = boxAt(site, x, y, Math.min(150, (width - x - 40) / Math.max(1, inputs.length)), [], drawing)
    boxes.push(box)
    lines.push(`M${x} ${y + BOX.height / 2}H${STREAM}`)
    x += box.width + gap
  }
  const from = y + BOX.height / 2
  y += BOX.height + FRAME.gap

  const anyLit = drawing.groups.some((group) => isLit(group.sites))
  for (const group of drawing.groups) {
    const top = y
    const folded = !isLit(group.sites) && (anyLit || drawing.groups.length > 1)
    const title = titleOf(group.layers, folded)
    if (folded) y += FOLDED
    else {
      y += FRAME.title
      for (const row of rowsOf(group.sites)) y = drawRow(row, y, group.layers)
    }
    frames.push({ x: FRAME.left, y: top, width: width - 2 * FRAME.left, height: y - top, title, folded })
    y += FRAME.gap
  }

  const to = y + BOX.height / 2
  x = STREAM + 18
  for (const site of drawing.after) {
    const box = boxAt(site, x, y, site.kind === 'norm' ? columns[0]!.width + 24 : 150, [], drawing)
    boxes.push(box)
    lines.push(`M${x === STREAM + 18 ? STREAM : x - gap} ${to}H${x}`)
    x += box.width + gap
  }
  const fontSize = width < NARROW ? 10 : 11
  return {
    width,
    height: y + BOX.height + 4,
    boxes,
    frames,
    lines,
    joints,
    fontSize,
    stream: { x: STREAM, from, to },
  }

  /** One sub-layer: it leaves the stream, goes through its parts from left to right, and joins the stream below. */
  function drawRow(row: Row, top: number, layers: readonly number[]): number {
    const stages = stagesOf(row)
    const tallest = Math.max(...stages.map((stage) => stage.sites.length), 1)
    const inner = tallest * BOX.height + (tallest - 1) * BOX.gap
    const middle = top + ROW.top + inner / 2
    let previous = [{ right: STREAM, y: middle }]
    for (const { column, sites } of stages) {
      const place = columns[column]!
      const height = sites.length * BOX.height + (sites.length - 1) * BOX.gap
      const placed = sites.map((site, i) => {
        const at = middle - height / 2 + i * (BOX.height + BOX.gap)
        return boxAt(site, place.x, at, place.width, layers, drawing)
      })
      boxes.push(...placed)
      const bus = place.x - gap / 2
      const ends = placed.map((box) => box.y + BOX.height / 2)
      for (const end of previous) lines.push(`M${end.right} ${end.y}H${bus}`)
      const heights = [...previous.map((end) => end.y), ...ends]
      if (Math.max(...heights) > Math.min(...heights))
        lines.push(`M${bus} ${Math.min(...heights)}V${Math.max(...heights)}`)
      for (const end of ends) lines.push(`M${bus} ${end}H${place.x}`)
      previous = placed.map((box) => ({ right: box.x + box.width, y: box.y + BOX.height / 2 }))
    }
    const bottom = top + ROW.top + inner + ROW.bottom / 2
    const turn = Math.max(...previous.map((end) => end.right)) + gap / 2
    for (const end of previous) lines.push(`M${end.right} ${end.y}H${turn}`)
    lines.push(`M${turn} ${Math.min(...previous.map((end) => end.y))}V${bottom}H${STREAM}`)
    joints.push({ x: STREAM, y: bottom })
    return top + ROW.top + inner + ROW.bottom
  }
}

interface Row {
  readonly sites: readonly SiteView[]
}

/** Sites up to and with each joint; what stands behind the last one makes a row of its own. */
function rowsOf(sites: readonly SiteView[]): Row[] {
  const rows: SiteView[][] = [[]]
  for (const site of sites) {
    rows.at(-1)!.push(site)
    if (site.kind === 'block') rows.push([])
  }
  return rows.filter((row) => row.length > 0).map((row) => ({ sites: row }))
}

interface Stage {
  /** Column it stands in. */
  readonly column: number
  readonly sites: readonly SiteView[]
}

/**
 * A leading norm, the parts before and behind the middle (keys and values, or the hidden layer), and the joint where
 * something is trained there. Parts of one side are used side by side, so they stand in one column.
 */
function stagesOf({ sites }: Row): Stage[] {
  const isMiddle = (site: SiteView) => site.kind === 'key-value' || site.kind === 'hidden'
  const [first] = sites
  const leading = first?.kind === 'norm' ? [first] : []
  const rest = sites.slice(leading.length).filter((site) => site.kind !== 'block')
  const middle = rest.findIndex(isMiddle)
  const before = middle === -1 ? rest : rest.slice(0, middle)
  const behind = middle === -1 ? [] : rest.slice(middle + 1)
  const joint = sites.filter(isLitJoint)
  return [
    { column: 0, sites: leading },
    { column: 1, sites: before },
    { column: 2, sites: middle === -1 ? [] : [rest[middle]!] },
    { column: 3, sites: behind },
    { column: 4, sites: joint },
  ].filter((stage) => stage.sites.length > 0)
}

function columnsOf(width: number, gap: number, withJoint: boolean): { x: number; width: number }[] {
  const all = withJoint ? [...shares, jointShare] : shares
  const whole = all.reduce((sum, share) => sum + share, 0)
  const left = STREAM + 2 * gap
  const room = width - left - FRAME.left - 1.5 * gap - (all.length - 1) * gap
  let x = left
  return all.map((share) => {
    const column = { x: Math.round(x), width: Math.round((room * share) / whole) }
    x += column.width + gap
    return column
  })
}

const isLitJoint = (site: SiteView): boolean => site.kind === 'block' && site.trained.length > 0

const isLit = (sites: readonly SiteView[]): boolean => sites.some((site) => site.trained.length > 0)

function boxAt(
  site: SiteView,
  x: number,
  y: number,
  width: number,
  layers: readonly number[],
  drawing: Drawing,
): Box {
  const trained = site.trained.reduce((sum, tensor) => sum + tensor.parameters, 0)
  const lit =
    site.sharedWith !== null
      ? 'inside'
      : trained === 0
        ? 'no'
        : site.trained.every((tensor) => tensor.ofBase)
          ? 'inside'
          : 'beside'
  const label = labelOf(site, drawing)
  const detail = detailOf(site, trained)
  return { site, x, y, width, height: BOX.height, label, detail, lit, layers }
}

/** How many numbers are trained, else the shape. */
function detailOf(site: SiteView, trained: number): string {
  if (site.sharedWith !== null) return 'the embedding'
  if (trained === 0) return site.shape.join(' × ')
  return `${site.trained[0]?.ofBase ? '' : '+'}${short(trained)}`
}

/** Short names; the whole one is in the description. */
function labelOf(site: SiteView, { virtualTokens }: Drawing): string {
  if (site.kind === 'norm') return 'norm'
  if (site.kind === 'key-value') return 'attention'
  if (site.kind === 'hidden') return 'activation'
  if (site.kind === 'block') return 'joint'
  if (site.kind === 'sequence') return virtualTokens > 0 ? `${virtualTokens} virtual tokens` : 'input'
  return site.name.slice(site.name.lastIndexOf('.') + 1)
}

/** `0–5`, `0, 2, 4–7` */
export function layerRanges(layers: readonly number[]): string {
  const ranges: string[] = []
  for (let i = 0; i < layers.length; i++) {
    const start = layers[i]!
    while (layers[i + 1] === layers[i]! + 1) i++
    ranges.push(layers[i] === start ? String(start) : `${start}–${layers[i]}`)
  }
  return ranges.join(', ')
}

function titleOf(layers: readonly number[], folded: boolean): string {
  const what =
    layers.length === 1 ? `Layer ${layers[0]}` : `Layers ${layerRanges(layers)} (${layers.length} alike)`
  return folded ? `${what}: nothing is trained` : what
}

/** `3 072`, `92.1 k`: what fits into a box. */
function short(value: number): string {
  if (value < 10_000) return value.toLocaleString('en-US').replaceAll(',', '\u202f')
  const [scaled, prefix] =
    value < 1e6 ? [value / 1e3, 'k'] : value < 1e9 ? [value / 1e6, 'M'] : [value / 1e9, 'G']
  return `${Number(scaled.toPrecision(3))} ${prefix}`
}

/** A site in words: what it is, and every tensor trained there. */
export function describeSite(site: SiteView, layers: readonly number[]): string {
  const what = `${site.name === '' ? site.module : site.name}: ${site.what}, ${site.shape.join(' × ')}`
  if (site.sharedWith !== null) return `${what}. Tied: the trained tensor of ${site.sharedWith} again.`
  if (site.trained.length === 0) return `${what}. Frozen.`
  const tensors = site.trained.map(
    (t) => `${shortKey(site, t.key)} ${t.shape.join(' × ')} (${short(t.parameters)})`,
  )
  const inside = site.trained.every((t) => t.ofBase)
  const sum = site.trained.reduce((total, t) => total + t.parameters, 0)
  const all = layers.length > 1 ? ` In ${layers.length} layers together ${short(sum * layers.length)}.` : ''
  return `${what}. ${inside ? 'Trained in place' : 'Trained beside it'}: ${tensors.join(', ')}.${all}`
}

/** A tensor's name without the path of its module. */
export function shortKey(site: SiteView, key: string): string {
  const at = key.indexOf(`${site.module}.`)
  return at === -1 ? key : key.slice(at + site.module.length + 1)
}
