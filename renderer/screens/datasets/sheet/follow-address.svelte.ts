/** Keeps an opened dataset and the address together: the view, and the row at the cursor. */
import { untrack } from 'svelte'
import { router } from '../../../state/router.svelte.ts'
import { toText } from './view-spec.ts'
import type { Workbench } from './workbench.svelte.ts'

/** Held arrow keys must not fill the browser's quota of address changes. */
const restMs = 400

/** Call it while the screen is being made. Opens the dataset. */
export function followAddress(bench: Workbench): void {
  const { open, view, rows } = bench
  let shown = false
  let sort: string | undefined

  rows.onviewlost = () => void bench.show(bench.row?.id)
  void open.open()

  const ready = $derived(open.sheet !== undefined)
  const spec = $derived(toText(view.spec) ?? '')

  $effect(() => {
    void spec
    if (!ready) return
    untrack(() => {
      const order = JSON.stringify(view.spec.sort ?? [])
      // In a new order the person wants to see what comes first; else the row she was at.
      const kept = sort === order || sort === undefined ? (shown ? bench.row?.id : rowInAddress()) : undefined
      sort = order
      void bench.show(kept).then(() => {
        shown = true
      })
    })
  })

  $effect(() => {
    void open.sheet?.revision
    if (untrack(() => shown)) void untrack(() => bench.refresh())
  })

  $effect(() => {
    const wanted = rowInAddress()
    untrack(() => {
      if (shown && wanted !== undefined && wanted !== bench.row?.id) void bench.goToRow(wanted)
    })
  })

  $effect(() => {
    const row = bench.row?.id
    if (row === undefined) return
    const timer = setTimeout(() => router.setParams({ row: String(row) }), restMs)
    return () => clearTimeout(timer)
  })
}

function rowInAddress(): number | undefined {
  const row = Number(router.param('row'))
  return Number.isInteger(row) && row > 0 ? row : undefined
}
