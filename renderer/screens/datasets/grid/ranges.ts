/** Stretches `[from, to)` of rows: sorted, apart from each other. How a selection of any size is kept. */

export type Range = readonly [from: number, to: number]
export type Ranges = readonly Range[]

export function contains(ranges: Ranges, offset: number): boolean {
  return ranges.some(([from, to]) => from <= offset && offset < to)
}

export function countIn(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0)
}

export function withRange(ranges: Ranges, added: Range): Ranges {
  if (added[0] >= added[1]) return ranges
  const apart = ranges.filter(([from, to]) => to < added[0] || from > added[1])
  const touching = ranges.filter(([from, to]) => to >= added[0] && from <= added[1])
  const from = Math.min(added[0], ...touching.map((range) => range[0]))
  const to = Math.max(added[1], ...touching.map((range) => range[1]))
  return [...apart, [from, to] as const].sort((a, b) => a[0] - b[0])
}

export function withoutRange(ranges: Ranges, [start, end]: Range): Ranges {
  return ranges.flatMap(([from, to]): Ranges => {
    if (to <= start || from >= end) return [[from, to]]
    const kept: Ranges = [
      [from, start],
      [end, to],
    ]
    return kept.filter((range) => range[0] < range[1])
  })
}

/** The range of two ends in any order, both included. */
export function between(a: number, b: number): Range {
  return [Math.min(a, b), Math.max(a, b) + 1]
}
