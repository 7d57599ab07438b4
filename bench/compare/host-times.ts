/** How long the host takes to answer what the compare screen asks. */
import { curvesInput } from '../../electron/contract/compare-curves.ts'
import { CompareService } from '../../electron/host/compare/compare-service.ts'
import { openDownloads } from '../../electron/host/downloads.ts'
import { openStore } from '../../electron/store/open-store.ts'

export interface HostTime {
  readonly what: string
  readonly milliseconds: number
  /** Processor time, which other work on the machine changes less. */
  readonly cpuMilliseconds: number
  /** Of the answer; 0 where it was not counted. */
  readonly kilobytes: number
}

/** Medians of several askings, except for the first one of all. */
export async function hostTimes(dataDir: string, ids: readonly string[]): Promise<HostTime[]> {
  const store = openStore(dataDir)
  try {
    const ask = (more: object) =>
      curvesInput.parse({ runIds: ids, metrics: ['loss'], axis: 'step', buckets: 512, ...more })
    const fresh = () => new CompareService(store, openDownloads())
    const service = fresh()
    const last = store.metrics.lastStep(ids[0]!)
    const questions: readonly [what: string, ask: () => Promise<unknown> | unknown][] = [
      ['curves, nothing in memory', () => fresh().reader.curves(ask({}))],
      ['curves again', () => service.reader.curves(ask({}))],
      ['another smoothing', () => service.reader.curves(ask({ smoothing: 2 + Math.random() * 500 }))],
      ['over process time', () => service.reader.curves(ask({ axis: 'processSeconds' }))],
      ['logarithmic x', () => service.reader.curves(ask({ logX: true }))],
      ['a tenth in view', () => service.reader.curves(ask({ range: { from: last * 0.4, to: last * 0.5 } }))],
      [
        'loss, validation, rate and norm',
        () =>
          service.reader.curves(ask({ metrics: ['loss', 'validationLoss', 'learningRate', 'gradientNorm'] })),
      ],
      [
        'mean and band of all',
        () =>
          service.reader.bands({
            ...ask({ smoothing: 50 }),
            metric: 'loss',
            groups: [{ name: 'all', runIds: [...ids] }],
          }),
      ],
      ['table', () => service.table(ids)],
      ['sparklines', () => service.reader.sparklines({ runIds: [...ids], metric: 'loss', points: 64 })],
    ]
    const times: HostTime[] = []
    for (const [what, question] of questions) {
      const taken: number[] = []
      let answer: unknown
      const before = process.cpuUsage()
      for (let turn = 0; turn < 7; turn++) {
        const start = performance.now()
        answer = await question()
        taken.push(performance.now() - start)
      }
      const { user, system } = process.cpuUsage(before)
      const middle = taken.sort((a, b) => a - b)[3]!
      times.push({
        what,
        milliseconds: middle,
        cpuMilliseconds: (user + system) / 7_000,
        kilobytes: JSON.stringify(answer).length / 1_000,
      })
    }
    return times
  } finally {
    store.close()
  }
}
