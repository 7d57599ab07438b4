/** The x-axes by key; their names come from the host's vocabulary. */
import type { CurveAxis } from '../../../../electron/contract/compare-curves.ts'

export type { CurveAxis }

/** A key that is missing here is a compile error. */
const keys: Readonly<Record<CurveAxis, true>> = {
  step: true,
  epoch: true,
  tokens: true,
  examples: true,
  processSeconds: true,
  wallSeconds: true,
}

export const curveAxisKeys = Object.keys(keys) as CurveAxis[]
