/**
 * How much of a difference seeds alone could make.
 *
 * Runs that differ in nothing but the seed are a group. The spread within groups of two and more runs, pooled over them,
 * is the noise of a single run. A difference between the means of two groups of n and m runs is within the noise when it
 * is smaller than t · s · √(1/n + 1/m), with Student's t for 95 % and the degrees of freedom of the pooled spread: where
 * seeds were the only cause, a greater one would turn up once in twenty times.
 */
import type { Figure, SeedGroup, SeedNoise, Setting } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import { spreadOf } from './bands.ts'

/** Figures that the seed changes. */
const noisy = ['validationLoss', 'bestValidationLoss', 'improvement', 'trainLoss']

/** Runs by everything but the seed, in the order of their first. */
export function seedGroupsOf(runs: readonly Run[], settings: readonly Setting[]): SeedGroup[] {
  const deciding = settings.filter(({ key, group }) => key !== 'plan.seed' && group !== 'environment')
  const groups = Map.groupBy(runs, (_, i) =>
    JSON.stringify(deciding.map(({ key, cells }) => told(key, cells[i]!.value))),
  )
  return [...groups.values()].map((members) => ({
    name: members[0]!.name,
    runIds: members.map(({ id }) => id),
    seeds: members.map(({ config }) => Number(config.seed)),
  }))
}

/** Held-out rows chosen by the seed are part of what the seed decides. */
function told(key: string, value: unknown): unknown {
  return key === 'data.validation' && typeof value === 'string'
    ? value.replace(/chosen by seed .*/, '')
    : value
}

export function seedNoiseOf(
  runs: readonly Run[],
  groups: readonly SeedGroup[],
  figures: readonly Figure[],
): SeedNoise[] {
  if (groups.every(({ runIds }) => runIds.length < 2)) return []
  const place = new Map(runs.map(({ id }, i) => [id, i]))
  return figures
    .filter(({ key }) => noisy.includes(key))
    .map((figure) => {
      const members = groups.map(({ runIds }) =>
        runIds
          .map((id) => figure.values[place.get(id)!]!)
          .filter((value) => value !== null && Number.isFinite(value)),
      )
      const spreads = members.map((values) => ({ ...spreadOf(values), runs: values.length }))
      const freedom = spreads.reduce((sum, { runs: count }) => sum + Math.max(0, count - 1), 0)
      const squares = spreads.reduce(
        (sum, { deviation, runs: n }) => sum + (deviation ?? 0) ** 2 * Math.max(0, n - 1),
        0,
      )
      const deviation = freedom === 0 ? null : Math.sqrt(squares / freedom)
      const single = deviation === null ? null : studentT95(freedom) * deviation * Math.SQRT2
      return {
        figure: figure.key,
        groups: spreads,
        deviation,
        single,
        pairs: pairsOf(spreads, deviation, freedom),
      }
    })
}

function pairsOf(
  groups: readonly { readonly mean: number | null; readonly runs: number }[],
  deviation: number | null,
  freedom: number,
): SeedNoise['pairs'] {
  if (deviation === null) return []
  return groups.flatMap((first, a) =>
    groups.slice(a + 1).flatMap((second, offset) => {
      if (first.mean === null || second.mean === null) return []
      const difference = second.mean - first.mean
      const noise = studentT95(freedom) * deviation * Math.sqrt(1 / first.runs + 1 / second.runs)
      return [{ a, b: a + 1 + offset, difference, noise, withinNoise: Math.abs(difference) < noise }]
    }),
  )
}

/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom. */
const t95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

export function studentT95(freedom: number): number {
  // Beyond the table the first terms of the expansion around the normal distribution are right to three digits.
  return t95[freedom - 1] ?? 1.96 + 2.373 / freedom + 2.823 / freedom ** 2
}
