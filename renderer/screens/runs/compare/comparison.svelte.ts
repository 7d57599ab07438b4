/** What is compared and how it is looked at: read from the address and written to it, nothing is kept twice. */
import type { ComparisonView } from '../../../../electron/contract/compare.ts'
import { router } from '../../../state/router.svelte.ts'
import { idsOf, viewOf, viewParams } from './address.ts'

export class ComparisonState {
  // In two steps: another parameter of the address gives the same list, and nothing that depends on it is asked again.
  readonly #idText = $derived.by(() => router.param('ids'))
  readonly ids = $derived.by(() => idsOf(this.#idText))
  readonly view = $derived.by(() => viewOf((name) => router.param(name)))
  /** The run that others are held against: chosen, or the first. */
  readonly baselineId = $derived.by(() => {
    const chosen = router.param('base')
    return chosen !== undefined && this.ids.includes(chosen) ? chosen : this.ids[0]
  })
  /** The saved comparison it was opened from. */
  readonly savedId = $derived.by(() => router.param('saved'))

  change(change: Partial<ComparisonView>): void {
    // The person may have gone elsewhere meanwhile: that address is not ours.
    if (router.place !== 'runs' || router.rest[0] !== 'compare') return
    router.setParams(viewParams({ ...this.view, ...change }))
  }

  setBaseline(id: string): void {
    router.setParams({ base: id === this.ids[0] ? undefined : id })
  }

  setRuns(ids: readonly string[]): void {
    router.setParams({ ids: ids.join(',') })
  }

  setSaved(id: string | undefined): void {
    router.setParams({ saved: id })
  }
}
