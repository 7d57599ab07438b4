/** Runs grouped by the value of a setting, or by everything but the seed. */
import type { ComparisonTable } from '../../../../electron/contract/compare-table.ts'
import { seedGroupLabels } from './run-labels.ts'
import { valueText } from './value-text.ts'

export interface RunGroup {
  readonly name: string
  readonly runIds: readonly string[]
}

/** Key that stands for runs which differ in the seed alone. */
export const bySeed = 'seed'

/** @returns undefined when runs stand for themselves */
export function groupsBy(table: ComparisonTable, key: string | null): RunGroup[] | undefined {
  if (key === null) return undefined
  if (key === bySeed) {
    const labels = seedGroupLabels(table)
    return table.seedGroups.map(({ runIds }, i) => ({
      name: `${labels[i]} (${count(runIds.length)})`,
      runIds,
    }))
  }
  const setting = table.settings.find((candidate) => candidate.key === key)
  if (setting === undefined) return undefined
  const members = Map.groupBy(table.runs, (_, i) => valueText(setting, i))
  return [...members].map(([value, runs]) => ({
    name: `${setting.label} ${value} (${count(runs.length)})`,
    runIds: runs.map(({ id }) => id),
  }))
}

const count = (runs: number) => (runs === 1 ? '1 run' : `${runs} runs`)
