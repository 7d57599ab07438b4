/** A split while it is being chosen. */
import type { SplitRule } from '../../../../electron/contract/datasets/mapping.ts'

export interface SplitDraft {
  readonly by: SplitRule['by']
  readonly percent: number
  readonly seed: number
  readonly column: string | null
  /** Values of the column that mark validation rows. */
  readonly validation: readonly string[]
}

export const firstSplit: SplitDraft = { by: 'fraction', percent: 10, seed: 1, column: null, validation: [] }

/** @returns undefined while the choice is not complete */
export function ruleOf({ by, percent, seed, column, validation }: SplitDraft): SplitRule | undefined {
  if (by === 'none') return { by, into: 'train' }
  if (by === 'fraction')
    return percent > 0 && percent < 100 ? { by, fraction: percent / 100, seed } : undefined
  return column === null || validation.length === 0 ? undefined : { by, column, validation: [...validation] }
}

const usual = /^(val|valid|validation|dev|eval|evaluation|test)$/i

/** Of the values of a column, those that usually mark validation rows. */
export function validationValues(values: readonly string[]): readonly string[] {
  return values.filter((value) => usual.test(value.trim()))
}
