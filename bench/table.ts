/** The report of a part for people. */
import type { JudgedGoal, PartReport, SameWork } from './judge.ts'
import type { Measured } from './measure.ts'
import { float32Peer } from './parts/part.ts'

const megabytes = (bytes: number | null): string => (bytes === null ? '–' : (bytes / 1e6).toFixed(0))
const times = (x: number | null | undefined): string => (x == null ? '–' : `${x.toFixed(2)}×`)
const mark = (met: boolean | null): string => (met === null ? '–' : met ? '✓' : '✗')

const sides = ['ours', 'peer'] as const

const columns = [
  'contestant',
  'ms/step',
  'fastest',
  'useful tok/s',
  'vs float32',
  'peak MB anon',
  'vs float32',
  'file',
  'total',
  'card',
  'busy while idle',
] as const

function row(one: Measured, base: Measured | undefined): string[] {
  const { anonymous, file, total } = one.peakMemory
  const baseMemory = base?.peakMemory.anonymous
  return [
    one.name,
    one.stepMs.toFixed(1),
    one.fastestStepMs.toFixed(1),
    one.usefulTokensPerSecond.toFixed(0),
    times(base && one.usefulTokensPerSecond / base.usefulTokensPerSecond),
    megabytes(anonymous),
    times(baseMemory && anonymous !== null ? anonymous / baseMemory : null),
    megabytes(file),
    megabytes(total),
    megabytes(one.deviceMemory),
    `${(100 * one.busyWhileIdle).toFixed(1)} %`,
  ]
}

function goalLine({ what, of, against, wanted, reached, met }: JudgedGoal): string {
  const [name, sign] = what === 'speed' ? ['speed', '≥'] : ['peak anonymous memory', '≤']
  return `${mark(met)} ${name} of ${of} against ${against}: ${times(reached)} (wanted ${sign} ${wanted}×)`
}

const workLine = ({ what, ours, peer, same }: SameWork): string =>
  `${mark(same)} same ${what}: ours ${Number(ours.toFixed(6))}, peer ${Number(peer.toFixed(6))}`

function passLine(one: Measured | undefined): string[] {
  if (one === undefined) return []
  const { side, stepsPerPass, computedTokens, usefulTokens, computesOn } = one
  return [
    `a pass of ${side}: ${usefulTokens} useful tokens in ${computedTokens} places, ${stepsPerPass} step(s), on ${computesOn}`,
  ]
}

/** Lines with a table of the contestants, the goals and the check of equal work. */
export function partTable(part: PartReport): string {
  const base = part.contestants.find((one) => one.name === float32Peer)
  const cells = [[...columns], ...part.contestants.map((one) => row(one, base))]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)))
  const lines = cells.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  )
  return [
    `(${part.id}) ${part.title}`,
    ...lines,
    ...sides.flatMap((side) => passLine(part.contestants.find((one) => one.side === side))),
    ...(part.note === null ? [] : [part.note]),
    ...part.sameWork.map(workLine),
    ...part.goals.map(goalLine),
    '',
  ].join('\n')
}
