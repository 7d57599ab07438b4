/** Data of the host that a component shows: asked for, kept while it is asked for again, refreshed when it changes. */

import type { Change, Topic } from '../../electron/contract/system.ts'
import type { StudioClient } from '../../electron/contract.ts'
import { type Failure, failureOf, isAbort } from './failure.ts'
import { useStudio } from './studio.svelte.ts'

export interface Query<T> {
  /** The last answer; stays while a newer one is on its way. */
  readonly data: T | undefined
  readonly failure: Failure | undefined
  /** Whether an answer is on its way. */
  readonly loading: boolean
  refresh(): void
}

/**
 * Call it while a component is being made. `ask` runs again when a reactive value that it reads (before its first
 * `await`) changes, and when one of `topics` does. Returning `undefined` from `ask` means: nothing to ask now.
 * @param matters narrows the changes that count, e.g. to one id
 */
export function query<T>(
  ask: (client: StudioClient, signal: AbortSignal) => Promise<T> | undefined,
  topics: readonly Topic[] = [],
  matters: (change: Change) => boolean = () => true,
): Query<T> {
  const studio = useStudio()
  let data = $state.raw<T>()
  let failure = $state.raw<Failure>()
  let loading = $state(true)
  let turn = $state(0)

  $effect(() => {
    void turn
    const abort = new AbortController()
    const answer = ask(studio.client, abort.signal)
    if (answer === undefined) {
      data = undefined
      loading = false
      return
    }
    loading = true
    answer.then(
      (value) => {
        if (abort.signal.aborted) return
        data = value
        failure = undefined
        loading = false
      },
      (error: unknown) => {
        if (abort.signal.aborted || isAbort(error)) return
        failure = failureOf(error)
        loading = false
      },
    )
    return () => abort.abort()
  })

  $effect(() =>
    studio.onChange((change) => {
      if (change === 'all' || (topics.includes(change.topic) && matters(change))) turn += 1
    }),
  )

  return {
    get data() {
      return data
    },
    get failure() {
      return failure
    },
    get loading() {
      return loading
    },
    refresh: () => {
      turn += 1
    },
  }
}
