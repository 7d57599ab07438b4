/** Values to pixels and back, and the ticks of an axis: the same for the window, the vector export and the tests. */

export type ScaleKind = 'linear' | 'log'

export interface Scale {
  readonly kind: ScaleKind
  readonly from: number
  readonly to: number
  /** Position of a value; −∞ or NaN for what a logarithm does not have. */
  at(value: number): number
  value(position: number): number
}

/** @param start position of `from`, which may lie below or above `end` */
export function scaleOf(kind: ScaleKind, from: number, to: number, start: number, end: number): Scale {
  const forward = kind === 'log' ? Math.log10 : (value: number) => value
  const back = kind === 'log' ? (value: number) => 10 ** value : (value: number) => value
  const [low, high] = [forward(from), forward(to)]
  const factor = high === low ? 0 : (end - start) / (high - low)
  return {
    kind,
    from,
    to,
    at: (value) => start + (forward(value) - low) * factor,
    value: (position) => (factor === 0 ? from : back(low + (position - start) / factor)),
  }
}

/** Round values between `from` and `to`, about `count` of them. */
export function ticksOf(kind: ScaleKind, from: number, to: number, count: number): number[] {
  if (!(to > from) || count < 1) return [from]
  return kind === 'log' ? logTicks(from, to, count) : linearTicks(from, to, count)
}

/** Distance between round ticks: 1, 2 or 5 times a power of ten. */
export function tickStep(from: number, to: number, count: number): number {
  const rough = (to - from) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const lead = rough / power
  // Between two candidates the nearer one on a logarithmic scale.
  return power * (lead > 7.07 ? 10 : lead > 3.16 ? 5 : lead > 1.41 ? 2 : 1)
}

function linearTicks(from: number, to: number, count: number): number[] {
  const step = tickStep(from, to, count)
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  // Whole multiples: adding up the step would print 0.30000000000000004.
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)))
}

/** Powers of ten, thinned where there are many, with 2 and 5 between where there are few. */
function logTicks(from: number, to: number, count: number): number[] {
  const [low, high] = [Math.log10(from), Math.log10(to)]
  const decades = high - low
  // Less than one decade reads best as a ruler.
  if (decades < 0.8) return linearTicks(from, to, count).filter((tick) => tick > 0)
  const leads = decades * 3 <= count * 1.5 ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil(decades / count))
  const ticks: number[] = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (power % every !== 0) continue
    for (const lead of leads) {
      const tick = Number(`${lead}e${power}`)
      if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.push(tick)
    }
  }
  return ticks
}

/** A range with room at both ends, and with some height where all values are equal. */
export function padded(kind: ScaleKind, from: number, to: number, share: number): [from: number, to: number] {
  if (kind === 'log') {
    const ratio = to > from ? (to / from) ** share : 2
    return [from / ratio, to * ratio]
  }
  const room = to > from ? (to - from) * share : Math.max(Math.abs(from) * 0.05, 1e-12)
  return [from - room, to + room]
}
