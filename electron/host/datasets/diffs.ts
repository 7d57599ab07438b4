/** Differences between versions, made once and kept beside: versions never change. */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StudioError } from '../../../engine/errors.ts'
import { type DiffRow, type DiffSummary, diffSummarySchema } from '../../contract/datasets/versions.ts'
import type { DatasetVersion } from '../../store/datasets.ts'
import type { Store } from '../../store/open-store.ts'
import type { Jobs } from '../jobs.ts'
import type { Catalogue } from './catalogue.ts'
import type { ImportHandlers } from './import/import-worker.ts'
import { diffCache } from './paths.ts'
import { importWorker, preparedAtOnce, type Sheets } from './sheets.ts'
import { type CallContext, callOnce } from './threads/thread.ts'
import { DiffFile } from './versions/diff-file.ts'
import type { DiffSide } from './versions/diff-versions.ts'

interface Parts {
  readonly store: Store
  readonly jobs: Jobs
  readonly catalogue: Catalogue
  readonly sheets: Sheets
}

type Kinds = readonly DiffRow['kind'][]

export class Diffs {
  readonly #parts: Parts
  #opened: { readonly path: string; readonly file: DiffFile } | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async diff(
    from: string,
    to: string,
  ): Promise<{ state: 'ready'; summary: DiffSummary } | { state: 'preparing'; jobId: string }> {
    const { store, jobs } = this.#parts
    const [before, after] = [store.datasets.getVersion(from), store.datasets.getVersion(to)]
    const path = this.#path(before, after)
    const rows = before.rows + before.validationRows + after.rows + after.validationRows
    if (!existsSync(`${path}.json`)) {
      if (rows > preparedAtOnce) {
        const title = `Comparing ${from} with ${to}`
        const { id } = jobs.start({ kind: 'dataset.diff', title }, (context) =>
          this.#make(before, after, context),
        )
        return { state: 'preparing', jobId: id }
      }
      await this.#make(before, after, {})
    }
    return { state: 'ready', summary: await summaryAt(path) }
  }

  /** @throws StudioError `not-found` before `diff` has said that it is ready */
  async rows(from: string, to: string, kinds: Kinds, offset: number, limit: number) {
    const { store, catalogue } = this.#parts
    const [before, after] = [store.datasets.getVersion(from), store.datasets.getVersion(to)]
    const path = this.#path(before, after)
    if (!existsSync(`${path}.json`))
      throw new StudioError('not-found', 'The versions have not been compared yet.', 'Compare them first.')
    if (this.#opened?.path !== path)
      this.#opened = {
        path,
        file: await DiffFile.open(path, catalogue.files(before), catalogue.files(after)),
      }
    return this.#opened.file.page(kinds, offset, limit)
  }

  #path(before: DatasetVersion, after: DatasetVersion): string {
    const name =
      before.datasetId === after.datasetId
        ? `${before.id}-${after.number}`
        : `${before.contentHash}-${after.contentHash}`
    return join(diffCache(this.#parts.store.dataDir), name.replace(/[^\w.@-]/g, '_'))
  }

  async #make(before: DatasetVersion, after: DatasetVersion, context: CallContext): Promise<void> {
    const path = this.#path(before, after)
    await mkdir(dirname(path), { recursive: true })
    const sameDataset = before.datasetId === after.datasetId
    const sides = await Promise.all([this.#side(before, sameDataset), this.#side(after, sameDataset)])
    await callOnce<ImportHandlers, 'diff'>(
      importWorker,
      'diff',
      { before: sides[0], after: sides[1], path },
      context,
    )
  }

  async #side(version: DatasetVersion, sameDataset: boolean): Promise<DiffSide> {
    const { store, catalogue, sheets } = this.#parts
    const known = sameDataset && store.datasets.get(version.datasetId).kind === 'imported'
    const ids = known
      ? await (await sheets.handle(version.datasetId)).owner.call('versionIds', version.number)
      : null
    return { ...catalogue.files(version), columns: version.columns, ids }
  }
}

async function summaryAt(path: string): Promise<DiffSummary> {
  return diffSummarySchema.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')))
}
