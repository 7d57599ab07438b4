/** Comparisons as files: exactly the stored values, nothing reduced, nothing rounded. */
import { Readable } from 'node:stream'
import type { exportContents } from '../../contract/compare.ts'
import type { ComparisonTable } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import type { Store } from '../../store/open-store.ts'
import type { Offer } from '../downloads.ts'
import { runDocument, stepCsvColumns, stepLines } from '../run-document.ts'

type ExportContent = (typeof exportContents)[number]

interface Exported {
  readonly store: Store
  readonly runs: readonly Run[]
  readonly table: () => ComparisonTable
}

const makers: Readonly<Record<ExportContent, (exported: Exported) => Iterable<string>>> = {
  'steps.csv': stepsCsv,
  'evaluations.csv': evaluationsCsv,
  'figures.csv': figuresCsv,
  'runs.json': runsJson,
}

/** A file made piece by piece while it is fetched. */
export function exportOffer(content: ExportContent, exported: Exported): Offer {
  const { runs } = exported
  const about = runs.length === 1 ? runs[0]!.id : `${runs.length}-runs`
  return {
    name: `${about}-${content}`,
    type: content.endsWith('.json') ? 'application/json' : 'text/csv; charset=utf-8',
    open: () => Readable.from(makers[content](exported), { objectMode: false }),
  }
}

/** As `runs export` of the command line, each line with the run it belongs to. */
function* stepsCsv({ store, runs }: Exported): Generator<string> {
  yield `run,${stepCsvColumns.join(',')}\n`
  for (const run of runs) yield* stepLines(store, run.id, `${quoted(run.id)},`)
}

function* evaluationsCsv({ store, runs }: Exported): Generator<string> {
  yield 'run,step,validationLoss,best,seconds\n'
  for (const run of runs)
    for (const { step, validationLoss, best, seconds } of store.metrics.evaluations(run.id))
      yield `${[quoted(run.id), step, validationLoss, best, seconds].join(',')}\n`
}

function* figuresCsv({ table }: Exported): Generator<string> {
  const { runs, figures, settings } = table()
  const differing = settings.filter(({ differs }) => differs)
  const heading = [
    'run',
    'name',
    'method',
    ...figures.map(({ key }) => key),
    ...differing.map(({ key }) => key),
  ]
  yield `${heading.map(quoted).join(',')}\n`
  for (const [i, { id, name, method }] of runs.entries()) {
    const values = figures.map(({ values }) => values[i] ?? '')
    const chosen = differing.map(({ cells }) => {
      const { used, value } = cells[i]!
      if (!used) return ''
      return typeof value === 'string' ? value : JSON.stringify(value)
    })
    yield `${[id, name, method, ...values, ...chosen].map((value) => quoted(String(value))).join(',')}\n`
  }
}

/** One document per run, as `runs export --json` writes it. */
function* runsJson({ store, runs }: Exported): Generator<string> {
  yield '['
  for (const [i, run] of runs.entries())
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(runDocument(store, run))}`
  yield '\n]\n'
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
