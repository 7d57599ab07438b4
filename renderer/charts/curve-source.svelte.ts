/**
 * Curves of runs from the host: all of the axis, and in finer detail the part in view with some room at both sides, so that
 * panning finds data already there. Asked again when the question changes, and on `refresh` while runs grow.
 */
import type { CurveMetric, CurvesInput } from '../../electron/contract/compare-curves.ts'
import { type Failure, failureOf, isAbort } from '../api/failure.ts'
import { useStudio } from '../api/studio.svelte.ts'
import type { ChartGroup, Range } from './chart-group.svelte.ts'
import { type CurveColumns, decodeCurve } from './columns.ts'

export type CurveQuestion = Pick<CurvesInput, 'runIds' | 'metrics' | 'axis' | 'logX' | 'smoothing'>

export interface CurveSource {
  /** Curves of a metric in the order of the runs; empty before the first answer. */
  curves(metric: CurveMetric): readonly CurveColumns[]
  /** x of all points of all runs; null while there is none. */
  readonly extent: Range | null
  readonly failure: Failure | undefined
  readonly loading: boolean
  /** Whether there has been an answer, be it that there is nothing. */
  readonly answered: boolean
  /** Asks again soon, at most some four times a second. */
  refresh(): void
}

interface Answer {
  readonly curves: ReadonlyMap<CurveMetric, readonly CurveColumns[]>
  readonly extent: Range | null
  /** The part it covers; null = everything. */
  readonly range: Range | null
}

const refreshMs = 250
/** While a zoom or pan goes on, questions wait for a pause this long. */
const settleMs = 60
/** Share of the view that is fetched beyond each of its ends. */
const room = 1
const mostBuckets = 8_192

/** Call it while a component is being made; `ask` returns undefined for nothing. */
export function curveSource(group: ChartGroup, ask: () => CurveQuestion | undefined): CurveSource {
  const { client } = useStudio()
  let whole = $state.raw<Answer>()
  let detail = $state.raw<Answer>()
  let failure = $state.raw<Failure>()
  let loading = $state(false)
  let turn = $state(0)
  let asking = 0
  let detailTurn = -1
  let refreshedAt = 0
  let pending: ReturnType<typeof setTimeout> | undefined

  const question = $derived(ask())
  const buckets = $derived(Math.min(mostBuckets, Math.max(64, Math.ceil(group.pixels / 2))))

  async function fetchCurves(signal: AbortSignal, range: Range | null): Promise<Answer | undefined> {
    if (question === undefined) return undefined
    asking += 1
    loading = true
    try {
      const parts = range === null ? buckets : buckets * (1 + 2 * room)
      const input = {
        ...question,
        buckets: Math.min(mostBuckets, parts),
        ...(range === null ? {} : { range }),
      }
      const answer = await client.compare.curves(input, { signal })
      if (signal.aborted) return undefined
      failure = undefined
      const curves = Map.groupBy(answer.curves.map(decodeCurve), (curve) => curve.metric)
      return { curves, extent: answer.extent, range }
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) failure = failureOf(error)
      return undefined
    } finally {
      asking -= 1
      loading = asking > 0
    }
  }

  $effect(() => {
    void turn
    if (question === undefined) {
      whole = undefined
      return
    }
    const abort = new AbortController()
    void fetchCurves(abort.signal, null).then((answer) => {
      if (answer !== undefined) whole = answer
    })
    return () => abort.abort()
  })

  $effect(() => {
    const asked = turn
    const { range } = group
    if (range === null || question === undefined) {
      detail = undefined
      return
    }
    const abort = new AbortController()
    const timer = setTimeout(() => {
      if (asked === detailTurn && sufficient(range)) return
      void fetchCurves(abort.signal, widened(range)).then((answer) => {
        if (answer === undefined) return
        detail = answer
        detailTurn = asked
      })
    }, settleMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  })

  // A new question makes the detail of the old one worthless.
  $effect(() => {
    void question
    detail = undefined
  })

  $effect(() => () => clearTimeout(pending))

  function sufficient(range: Range): boolean {
    const present = detail?.range
    if (present === null || present === undefined) return false
    const fine = present.to - present.from <= (range.to - range.from) * (1 + 2 * room) * 1.01
    return fine && present.from <= range.from && present.to >= range.to
  }

  const covers = (answer: Answer, range: Range) =>
    answer.range !== null && answer.range.from <= range.from && answer.range.to >= range.to

  const shown = $derived.by(() => {
    const { range } = group
    return range !== null && detail !== undefined && covers(detail, range) ? detail : whole
  })

  return {
    curves: (metric) => shown?.curves.get(metric) ?? [],
    get extent() {
      return whole?.extent ?? null
    },
    get answered() {
      return whole !== undefined || failure !== undefined
    },
    get failure() {
      return failure
    },
    get loading() {
      return loading
    },
    refresh() {
      if (pending !== undefined) return
      const wait = Math.max(0, refreshedAt + refreshMs - performance.now())
      pending = setTimeout(() => {
        pending = undefined
        refreshedAt = performance.now()
        turn += 1
      }, wait)
    },
  }
}

function widened({ from, to }: Range): Range {
  const extra = (to - from) * room
  return { from: from - extra, to: to + extra }
}
