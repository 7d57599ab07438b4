/** What is being trained now, as the host tells it a few times a second. */
import type { Activity } from '../../../electron/contract/runs.ts'
import { useStudio } from '../../api/studio.svelte.ts'

export interface ActivityView {
  /** Undefined before the first answer. */
  readonly current: Activity | undefined
}

/** Call it while a component is being made. */
export function followActivity(): ActivityView {
  const studio = useStudio()
  let current = $state.raw<Activity>()

  $effect(() => {
    const abort = new AbortController()
    void follow(abort.signal)
    return () => abort.abort()
  })

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const activity of studio.follow(
      (position) => studio.client.runs.activity(undefined, position),
      signal,
    ))
      current = activity
  }

  return {
    get current() {
      return current
    },
  }
}
