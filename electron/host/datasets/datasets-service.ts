/** Everything behind the Datasets screen: the list, imports, sheets, checks, versions and what differs between them. */

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { StudioError } from '../../../engine/errors.ts'
import type { Store } from '../../store/open-store.ts'
import type { DataReference } from '../built-in.ts'
import type { Changes } from '../changes.ts'
import type { Downloads } from '../downloads.ts'
import type { Jobs } from '../jobs.ts'
import type { ModelsService } from '../models/models-service.ts'
import type { Uploads } from '../uploads.ts'
import { badRowsTable } from './bad-rows-table.ts'
import { Catalogue } from './catalogue.ts'
import { Diffs } from './diffs.ts'
import { Imports } from './imports.ts'
import { Inspections } from './inspections.ts'
import { recoverDatasets } from './recover.ts'
import { SheetCalls } from './sheet-calls.ts'
import { Sheets } from './sheets.ts'

export interface DatasetsParts {
  readonly store: Store
  readonly changes: Changes
  readonly jobs: Jobs
  readonly uploads: Uploads
  readonly downloads: Downloads
  readonly models: ModelsService
}

export class DatasetsService {
  readonly catalogue: Catalogue
  readonly sheets: Sheets
  readonly imports: Imports
  readonly calls: SheetCalls
  readonly inspections: Inspections
  readonly diffs: Diffs
  readonly #downloads: Downloads
  readonly #store: Store

  /** Throws away what a crash left of unfinished work. @throws StudioError `disk` */
  constructor(parts: DatasetsParts) {
    recoverDatasets(parts.store.dataDir, parts.store)
    this.#downloads = parts.downloads
    this.#store = parts.store
    this.catalogue = new Catalogue(parts.store, parts.changes)
    this.sheets = new Sheets(parts.store, this.catalogue)
    const all = { ...parts, catalogue: this.catalogue, sheets: this.sheets }
    this.imports = new Imports(all)
    this.calls = new SheetCalls(all)
    this.inspections = new Inspections(all)
    this.diffs = new Diffs(all)
  }

  /** The files of a version, for a run. @throws StudioError as Catalogue.reference */
  reference(versionId: string): Promise<DataReference> {
    return this.catalogue.reference(versionId)
  }

  /** @throws StudioError `not-found` */
  async latestVersion(datasetId: string): Promise<string> {
    return (await this.catalogue.get(datasetId)).latest.id
  }

  /** The name of a sheet's dataset. @throws StudioError `not-found` */
  nameOf(sheetId: string): string {
    return this.#store.datasets.get(this.sheets.place(sheetId).datasetId).name
  }

  /** Into the bin; what shows it is closed. */
  async remove(datasetId: string): Promise<void> {
    this.catalogue.remove(datasetId)
    await this.sheets.release(datasetId)
  }

  async purge(datasetId: string): Promise<void> {
    await this.sheets.release(datasetId)
    await this.catalogue.purge(datasetId)
  }

  /** @returns a ticket for `/download/<ticket>` */
  badRowsFile(datasetId: string): string {
    const { name } = this.#store.datasets.get(datasetId)
    return this.#downloads.offer({
      name: `${fileName(name)} bad rows.tsv`,
      type: 'text/tab-separated-values; charset=utf-8',
      open: async () => badRowsTable((await this.sheets.handle(datasetId)).owner),
    })
  }

  /** @returns a ticket for `/download/<ticket>` */
  versionFile(versionId: string, split: 'train' | 'validation'): string {
    const version = this.#store.datasets.getVersion(versionId)
    const { name } = this.#store.datasets.get(version.datasetId)
    const path = this.catalogue.files(version)[split]
    if (path === null)
      throw new StudioError('not-found', `${versionId} has no ${split} rows.`, 'Take its other part.')
    return this.#downloads.offer({
      name: `${fileName(name)} ${version.number} ${split}.jsonl`,
      type: 'application/jsonl; charset=utf-8',
      open: (): Readable => createReadStream(path),
    })
  }

  async close(): Promise<void> {
    await this.inspections.close()
    await this.sheets.close()
  }
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._-]+/gu, '_')
}
