/** The summary of a difference between two versions, which the host may have to prepare first. */
import type { DiffSummary } from '../../../../electron/contract/datasets/versions.ts'
import type { JobRecord } from '../../../../electron/contract/jobs.ts'
import { type Failure, failureOf, isAbort } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { resultOf } from '../follow-job.ts'

interface Ends {
  readonly from: string
  readonly to: string
}

/** Call it while a component is being made. */
export function preparedDiff(studio: Studio, ends: () => Ends) {
  let summary = $state.raw<DiffSummary>()
  let failure = $state.raw<Failure>()
  let job = $state.raw<JobRecord>()

  async function prepare({ from, to }: Ends, signal: AbortSignal) {
    for (;;) {
      const diff = await studio.client.datasets.diff({ from, to }, { signal })
      if (diff.state === 'ready') return diff.summary
      await resultOf(studio, diff.jobId, signal, (now) => {
        job = now
      })
    }
  }

  $effect(() => {
    const asked = ends()
    const abort = new AbortController()
    summary = undefined
    failure = undefined
    prepare(asked, abort.signal).then(
      (made) => {
        if (!abort.signal.aborted) summary = made
      },
      (error: unknown) => {
        if (!abort.signal.aborted && !isAbort(error)) failure = failureOf(error)
      },
    )
    return () => abort.abort()
  })

  return {
    get summary() {
      return summary
    },
    get failure() {
      return failure
    },
    get job() {
      return job
    },
  }
}
