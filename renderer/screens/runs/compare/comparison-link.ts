/** The address of a saved comparison. */
import type { Comparison } from '../../../../electron/contract/compare.ts'
import { href } from '../../../state/router.svelte.ts'
import { viewParams } from './address.ts'

export function comparisonHref({ id, runIds, baselineId, view }: Comparison): string {
  const params = {
    ids: runIds.join(','),
    base: baselineId ?? undefined,
    saved: id,
    ...viewParams(view),
  }
  return href('runs/compare', Object.fromEntries(defined(params)))
}

function defined(params: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
}
