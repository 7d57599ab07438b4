/** Saved runs side by side, from the store: what every window and export shows of a comparison. */

import { StudioError } from '../../../engine/errors.ts'
import { methods } from '../../../engine/methods/index.ts'
import type { exportContents } from '../../contract/compare.ts'
import type { ComparedSamples, ComparisonTable } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import type { Store } from '../../store/open-store.ts'
import type { Downloads } from '../downloads.ts'
import { comparedSamples } from './compared-samples.ts'
import { CurveReader } from './curves.ts'
import { exportOffer } from './export.ts'
import { fairnessOf } from './fairness.ts'
import { consumedBy, figuresOf } from './figures.ts'
import { seedGroupsOf, seedNoiseOf } from './seed-noise.ts'
import { type RunSubject, settingsOf } from './settings.ts'

export class CompareService {
  readonly reader: CurveReader
  readonly #store: Store
  readonly #downloads: Downloads

  constructor(store: Store, downloads: Downloads) {
    this.#store = store
    this.#downloads = downloads
    this.reader = new CurveReader(store)
  }

  table(runIds: readonly string[]): ComparisonTable {
    const { runs, missing } = this.#runs(runIds)
    const subjects = runs.map((run) => this.#subject(run))
    const settings = settingsOf(subjects)
    const figures = figuresOf(
      runs,
      runs.map((run) => consumedBy(this.#store.metrics, run)),
    )
    const seedGroups = seedGroupsOf(runs, settings)
    return {
      runs: subjects.map(({ run, model, datasetName }) => ({
        id: run.id,
        name: run.name,
        method: run.method,
        methodTitle: methods.get(run.method)?.title ?? run.method,
        model: model?.name ?? run.modelId,
        dataset: datasetName,
        datasetVersionId: run.datasetVersionId,
        status: run.status,
        createdAt: run.createdAt,
      })),
      missing,
      settings,
      figures,
      fairness: fairnessOf({ runs, settings, figures }),
      seedGroups,
      seedNoise: seedNoiseOf(runs, seedGroups, figures),
    }
  }

  samples(runIds: readonly string[], until: number | null): ComparedSamples {
    const { runs } = this.#runs(runIds)
    const all = runs.map(({ id }) => ({ runId: id, samples: this.#store.samples.list(id) }))
    return comparedSamples(all, until)
  }

  /** Offers a file; the ticket is good for one fetch. */
  export(
    runIds: readonly string[],
    content: (typeof exportContents)[number],
  ): { ticket: string; name: string } {
    const { runs } = this.#runs(runIds)
    const offer = exportOffer(content, { store: this.#store, runs, table: () => this.table(runIds) })
    return { ticket: this.#downloads.offer(offer), name: offer.name }
  }

  /** Runs in the order asked for, those in the bin too; the ids of those that are gone. */
  #runs(runIds: readonly string[]): { runs: Run[]; missing: string[] } {
    const runs: Run[] = []
    const missing: string[] = []
    for (const id of new Set(runIds)) {
      const run = this.#known(id)
      if (run === undefined) missing.push(id)
      else runs.push(run)
    }
    return { runs, missing }
  }

  #known(id: string): Run | undefined {
    return orUndefined(() => this.#store.runs.get(id))
  }

  #subject(run: Run): RunSubject {
    const version = orUndefined(() => this.#store.datasets.getVersion(run.datasetVersionId))
    const dataset = this.#store.datasets.list().find(({ id }) => id === version?.datasetId)
    return {
      run,
      model: orUndefined(() => this.#store.models.get(run.modelId)),
      version,
      datasetName: dataset?.name ?? run.datasetVersionId,
    }
  }
}

/** What is not there (any more) is undefined; every other failure passes. */
function orUndefined<T>(get: () => T): T | undefined {
  try {
    return get()
  } catch (error) {
    if (error instanceof StudioError && error.code === 'not-found') return undefined
    throw error
  }
}
