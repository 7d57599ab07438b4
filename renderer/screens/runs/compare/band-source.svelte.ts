/** Means and spreads of groups of runs from the host, for several metrics over one axis. */
import type { BandsInput, CurveMetric } from '../../../../electron/contract/compare-curves.ts'
import { query } from '../../../api/query.svelte.ts'
import type { ChartGroup, Range } from '../../../charts/chart-group.svelte.ts'
import { type BandColumns, decodeBand } from '../../../charts/columns.ts'

export type BandQuestion = Pick<BandsInput, 'groups' | 'axis' | 'logX' | 'smoothing'> & {
  readonly metrics: readonly CurveMetric[]
}

/** Call it while a component is being made; `ask` returns undefined for nothing. */
export function bandSource(group: ChartGroup, ask: () => BandQuestion | undefined) {
  const answer = query((client, signal) => {
    const question = ask()
    if (question === undefined) return undefined
    const { metrics, ...rest } = question
    const range = group.range === null ? {} : { range: group.range }
    const buckets = Math.max(64, Math.ceil(group.pixels / 2))
    return Promise.all(
      metrics.map(async (metric) => {
        const { bands, extent } = await client.compare.bands(
          { ...rest, metric, buckets, ...range },
          { signal },
        )
        return { metric, bands: bands.map(decodeBand), extent }
      }),
    )
  })

  return {
    of: (metric: CurveMetric): readonly BandColumns[] =>
      answer.data?.find((one) => one.metric === metric)?.bands ?? [],
    get extent(): Range | null {
      return answer.data?.[0]?.extent ?? null
    },
    get failure() {
      return answer.failure
    },
    refresh: answer.refresh,
  }
}
