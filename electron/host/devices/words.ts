/** Why a device is the one, and what the others are, in the words of the command line and of the window. */
import { REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import type { RankedDevice, Ranking } from '../../contract/devices.ts'

/** The fastest device with right results. */
export const bestOf = ({ devices }: Ranking): RankedDevice | undefined =>
  devices.find(({ verdict }) => verdict === 'ranked')

/** "fastest of 3 measured: 1.8× the processor". */
export function whyBest(ranking: Ranking): string {
  const best = bestOf(ranking)
  const ranked = ranking.devices.filter(({ verdict }) => verdict === 'ranked')
  if (best === undefined) return 'no device gave right results'
  const out = ranking.devices.length - ranked.length
  const others = out === 0 ? '' : `; ${out} more ${out === 1 ? 'is' : 'are'} out`
  const cost = best.because === null ? '' : `. ${best.because.replace(/\.$/, '')}`
  if (ranked.length === 1)
    return `the only one of ${ranking.devices.length} measured with right results${cost}`
  const reference = ranked.find(({ id }) => id === REFERENCE_DEVICE)
  const other = best.id === REFERENCE_DEVICE || reference === undefined ? ranked[1]! : reference
  return `fastest of ${ranked.length} measured: ${timesOf(best, other)} ${nameOf(other)}${others}${cost}`
}

/** What was found about a device of a ranking, in a few words. */
export function foundAbout(entry: RankedDevice, { devices }: Ranking): string {
  if (entry.verdict !== 'ranked') return notRanked[entry.verdict]
  const best = devices.find(({ verdict }) => verdict === 'ranked')!
  return entry.id === best.id ? 'fastest' : `${timesOf(best, entry)} slower`
}

const notRanked: Readonly<Record<Exclude<RankedDevice['verdict'], 'ranked'>, string>> = {
  wrong: 'wrong results',
  failed: 'failed',
  'too-small': 'too small',
  'too-slow': 'too slow',
}

const nameOf = ({ id, title }: RankedDevice): string => (id === REFERENCE_DEVICE ? 'the processor' : title)

function timesOf(fast: RankedDevice, slow: RankedDevice): string {
  const speed = ({ measurement }: RankedDevice) => measurement?.usefulTokensPerSecond ?? Number.NaN
  return `${Number((speed(fast) / speed(slow)).toPrecision(2))}×`
}

/** Bytes as people say them: `4.05 GB`, `168 MB`. */
export function sizeWords(bytes: number): string {
  const [value, unit] = bytes < 0.9995e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${Number(value.toPrecision(3))} ${unit}`
}
