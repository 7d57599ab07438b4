/** Says in sentences what besides the thing compared differs between runs. */
import type { Fairness, Figure, Setting } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import { evaluationSet } from './settings.ts'

/** Budgets closer than this count as equal. */
const tolerance = 0.02

interface Compared {
  readonly runs: readonly Run[]
  readonly settings: readonly Setting[]
  readonly figures: readonly Figure[]
}

/** Gravest first; empty for a fair comparison. */
export function fairnessOf({ runs, settings, figures }: Compared): Fairness[] {
  if (runs.length < 2) return []
  const rules: readonly (Fairness | undefined)[] = [
    differs(
      settings,
      'model.fingerprint',
      'unfair',
      (values) =>
        `The base models differ (${values}): losses of different models say nothing about the methods.`,
    ),
    evaluation(runs),
    differs(
      settings,
      'data.content',
      'unfair',
      (values) => `The training data differ (content ${values}): a lower loss may be due to the data.`,
    ),
    differs(
      settings,
      'data.learn',
      'unfair',
      (values) =>
        `Different parts of the texts are learned and scored (${values}): the losses are means over different tokens.`,
    ),
    differs(
      settings,
      'data.chat',
      'unfair',
      () => 'Some runs use the chat template and others do not: the losses are means over different tokens.',
    ),
    differs(
      settings,
      'plan.length',
      'unfair',
      (values) => `Rows are cut at different lengths (${values} tokens), in training and in evaluation.`,
    ),
    budget(runs, figures, 'tokens') ?? budget(runs, figures, 'examples'),
    unfinished(runs),
    differs(
      settings,
      'plan.seed',
      'note',
      (values) =>
        `Seeds differ (${values}): small differences may be chance. Several seeds per setting show how much.`,
    ),
    hardware(settings),
    differs(
      settings,
      'environment.packages.onnxruntime-node',
      'note',
      (values) => `The runtime’s versions differ (${values}): speed and the last digits may.`,
    ),
    kept(runs),
  ]
  const found = rules.filter((rule) => rule !== undefined)
  return found.sort((a, b) => Number(b.severity === 'unfair') - Number(a.severity === 'unfair'))
}

function differs(
  settings: readonly Setting[],
  key: string,
  severity: Fairness['severity'],
  say: (values: string) => string,
): Fairness | undefined {
  const setting = settings.find((candidate) => candidate.key === key)
  if (setting === undefined) return undefined
  // What a run does not know is not a difference.
  const values = new Set(setting.cells.filter(({ used }) => used).map(({ value }) => plain(value)))
  return values.size < 2 ? undefined : { severity, about: key, message: say(listed([...values])) }
}

function evaluation(runs: readonly Run[]): Fairness | undefined {
  const sets = new Set(runs.map(evaluationSet))
  if (sets.size < 2) {
    if (!sets.has('none')) return undefined
    const message =
      'No run has validation rows: training losses alone do not show what was learned for new texts.'
    return { severity: 'note', about: 'data.validation', message }
  }
  const bySeed = runs.every((run) => evaluationSet(run).includes('chosen by seed'))
  const message = bySeed
    ? 'The validation rows differ: each seed holds out other rows. Use a validation file, or the same seed.'
    : 'The runs were evaluated on different rows: their validation losses cannot be held against each other.'
  return { severity: 'unfair', about: 'data.validation', message }
}

/** Runs that are still to reach their end say nothing about budgets yet; a baseline without steps has none. */
function budget(
  runs: readonly Run[],
  figures: readonly Figure[],
  what: 'tokens' | 'examples',
): Fairness | undefined {
  const figure = figures.find(({ key }) => key === what)
  const ended = figure?.values.filter((_, i) => runs[i]?.finishedAt !== null) ?? []
  const known = ended.filter((value) => value !== null)
  if (known.length < 2) return undefined
  const [least, most] = [Math.min(...known), Math.max(...known)]
  if (most - least <= most * tolerance) return undefined
  const more = Number((most / least).toPrecision(2))
  return {
    severity: 'unfair',
    about: what,
    message: `The runs have seen different numbers of ${what}: one has seen ${more} times as many as another. Compare them over ${what} instead of steps, or at an equal place.`,
  }
}

function unfinished(runs: readonly Run[]): Fairness | undefined {
  const open = runs.filter(({ status }) => status !== 'completed')
  if (open.length === 0) return undefined
  const names = listed(open.map(({ name, status }) => `${name} (${status})`))
  return { severity: 'note', about: 'status', message: `Not all runs are complete: ${names}.` }
}

function hardware(settings: readonly Setting[]): Fairness | undefined {
  const keys = ['environment.device', 'environment.cpu', 'environment.cores', 'plan.threads', 'plan.profile']
  const different = settings.filter(({ key, cells }) => {
    if (!keys.includes(key)) return false
    return (
      new Set(cells.filter(({ used, value }) => used && value !== null).map(({ value }) => plain(value)))
        .size > 1
    )
  })
  if (different.length === 0) return undefined
  const names = listed(different.map(({ label }) => label.toLowerCase()))
  const message = `The machines differ in ${names}: speed, time and memory cannot be held against each other.`
  return { severity: 'note', about: different[0]!.key, message }
}

function kept(runs: readonly Run[]): Fairness | undefined {
  if (new Set(runs.map(({ config }) => config.keepBest)).size < 2) return undefined
  const message =
    'Some runs keep their best evaluation and others their last: compare the best validation losses.'
  return { severity: 'note', about: 'plan.keepBest', message }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const shown = 4

function listed(values: readonly string[]): string {
  const rest = values.length - shown
  return rest > 0 ? `${values.slice(0, shown).join(', ')} and ${rest} more` : values.join(', ')
}
