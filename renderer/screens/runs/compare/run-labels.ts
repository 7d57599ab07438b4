/** Names by which compared runs are told apart: short, and with what distinguishes runs of the same name. */
import type { ComparisonTable } from '../../../../electron/contract/compare-table.ts'
import { valueText } from './value-text.ts'

/** Settings behind a name; more would be longer than the name. */
const mostSettings = 2
const longestValue = 24
/** The setting that runs of a seed group differ in. */
const seedKey = 'plan.seed'

export function runLabels(table: ComparisonTable): Map<string, string> {
  const { runs } = table
  const sameData = new Set(runs.map(({ dataset }) => dataset)).size === 1
  const names = runs.map(({ name, dataset }) => {
    const ending = ` on ${dataset}`
    // What all of them share tells nobody apart.
    return sameData && name.endsWith(ending) && name.length > ending.length
      ? name.slice(0, -ending.length)
      : name
  })
  const labels = new Map<string, string>()
  for (const places of Map.groupBy(names.keys(), (i) => names[i]).values()) {
    const told = places.length === 1 ? [''] : distinctions(table, places)
    for (const [n, place] of places.entries()) labels.set(runs[place]!.id, names[place]! + told[n]!)
  }
  return labels
}

/** Names of the groups of runs that differ in the seed alone, in the order of the groups. */
export function seedGroupLabels(table: ComparisonTable): string[] {
  const places = table.seedGroups.map(({ runIds: [first] }) => table.runs.findIndex(({ id }) => id === first))
  const labels = runLabels({
    ...table,
    runs: places.map((place) => table.runs[place]!),
    settings: table.settings
      .filter(({ key }) => key !== seedKey)
      .map((setting) => ({ ...setting, cells: places.map((place) => setting.cells[place]!) })),
  })
  return [...labels.values()]
}

/** What differs between runs of one name; the end of the id where nothing does. */
function distinctions(table: ComparisonTable, places: readonly number[]): string[] {
  const differing = table.settings
    .filter(({ group }) => group !== 'environment')
    .map((setting) => ({
      label: setting.label.toLowerCase(),
      values: places.map((place) => valueText(setting, place)),
    }))
    .filter(({ values }) => new Set(values).size > 1 && values.every((value) => value.length <= longestValue))
    .slice(0, mostSettings)
  const told = places.map((_, n) => differing.map(({ label, values }) => `, ${label} ${values[n]}`).join(''))
  const count = Map.groupBy(told, (text) => text)
  return told.map((text, n) => {
    const alone = count.get(text)!.length === 1
    return alone ? text : `${text} ${table.runs[places[n]!]!.id.slice(-4)}`
  })
}
