/** The list of datasets and their versions: names, the bin, who uses what, and where a version's files are. */
import { writeFileSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type DatasetFormat, datasetFormats } from '../../../engine/data/examples/source.ts'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { DatasetRecord, DatasetVersionRecord } from '../../contract/datasets/versions.ts'
import type { Dataset, DatasetVersion } from '../../store/datasets.ts'
import type { Store } from '../../store/open-store.ts'
import { builtInDatasetCards, type DataReference, findData } from '../built-in.ts'
import { type Changes, changed } from '../changes.ts'
import { datasetFolder, unfinishedName } from './paths.ts'
import { registerData } from './register-data.ts'
import { factsOfFiles } from './versions/content-hash.ts'

export class Catalogue {
  readonly #store: Store
  readonly #changes: Changes
  /** What is said about the built-in datasets by id, in the order of their index. */
  readonly #builtIn: Promise<Map<string, string>>

  constructor(store: Store, changes: Changes) {
    this.#store = store
    this.#changes = changes
    this.#builtIn = registerBuiltIn(store)
    this.#builtIn.catch(() => {}) // thrown at whoever asks
  }

  async list(bin: boolean): Promise<DatasetRecord[]> {
    const places = [...(await this.#builtIn).keys()]
    const records = await Promise.all(
      (bin ? this.#store.datasets.binned() : this.#store.datasets.list()).map((found) => this.#record(found)),
    )
    const place = ({ id }: DatasetRecord) => (places.includes(id) ? places.indexOf(id) : places.length)
    return records.filter((record) => record !== null).sort((a, b) => (bin ? 0 : place(a) - place(b)))
  }

  /** @throws StudioError `not-found` */
  async get(id: string): Promise<DatasetRecord> {
    await this.#builtIn
    const record = await this.#record(this.#store.datasets.get(id))
    if (record !== null) return record
    throw new StudioError('not-found', `The dataset "${id}" has no version.`, 'Import it again.')
  }

  async rename(id: string, name: string): Promise<DatasetRecord> {
    this.#refuseBuiltIn(id, 'renamed')
    this.#store.datasets.rename(id, name)
    changed(this.#changes, 'datasets', id)
    return this.get(id)
  }

  /** @throws StudioError `locked` while runs use it, `bad-argument` for a built-in one */
  remove(id: string): void {
    const { name } = this.#refuseBuiltIn(id, 'removed')
    const uses = this.#store.datasets.uses(id)
    if (uses.length > 0) {
      const named = uses.slice(0, 3).map((run) => `"${run.name}"`)
      const more = uses.length > named.length ? ` and ${uses.length - named.length} more` : ''
      throw new StudioError(
        'locked',
        `${name} is what ${named.join(', ')}${more} ${uses.length === 1 ? 'was' : 'were'} trained on.`,
        'A run keeps the rows it saw. Delete those runs for good first.',
      )
    }
    this.#store.datasets.setDeleted(id, Date.now())
    changed(this.#changes, 'datasets', id)
  }

  async restore(id: string): Promise<DatasetRecord> {
    this.#store.datasets.get(id)
    this.#store.datasets.setDeleted(id, null)
    changed(this.#changes, 'datasets', id)
    return this.get(id)
  }

  /** Deletes a dataset of the bin with its files. @throws StudioError `bad-argument` when it is not in the bin */
  async purge(id: string): Promise<void> {
    const { kind, deletedAt, name } = this.#store.datasets.get(id)
    if (deletedAt === null)
      throw new StudioError('bad-argument', `${name} is not in the bin.`, 'Remove it from the list first.')
    const folder = datasetFolder(this.#store.dataDir, id)
    try {
      // What is left of the folder is thrown away at the next start, should this one not come to its end.
      if (kind === 'imported') writeFileSync(join(folder, unfinishedName), '')
      this.#store.datasets.delete(id)
      if (kind === 'imported') await rm(folder, { recursive: true, force: true })
    } catch (error) {
      throw diskError('delete', folder, error)
    }
    changed(this.#changes, 'datasets', id)
  }

  /** Newest first. */
  async versions(datasetId: string): Promise<DatasetVersionRecord[]> {
    await this.#builtIn
    this.#store.datasets.get(datasetId)
    const uses = Map.groupBy(this.#store.datasets.uses(datasetId), ({ versionId }) => versionId)
    return this.#store.datasets
      .versions(datasetId)
      .map((version) => versionRecord(version, uses.get(version.id) ?? []))
      .reverse()
  }

  /** @throws StudioError `not-found` */
  async version(id: string): Promise<DatasetVersionRecord> {
    await this.#builtIn
    const version = this.#store.datasets.getVersion(id)
    const uses = this.#store.datasets.uses(version.datasetId)
    return versionRecord(
      version,
      uses.filter(({ versionId }) => versionId === id),
    )
  }

  /**
   * The files of a version, as a run takes them.
   * @throws StudioError `not-found` when they are gone, `bad-data` when a file the person has is not what it was
   */
  async reference(versionId: string): Promise<DataReference> {
    await this.#builtIn
    const version = this.#store.datasets.getVersion(versionId)
    const { id, name, source, kind } = this.#store.datasets.get(version.datasetId)
    const { train, validation } = this.files(version)
    for (const path of [train, validation])
      if (path !== null)
        await stat(path).catch((error: unknown) => {
          throw diskError('read the dataset', path, error)
        })
    // The studio's own versions never change; a person's file may.
    if (kind === 'file' && (await factsOfFiles(train, validation)).contentHash !== version.contentHash)
      throw new StudioError(
        'bad-data',
        `${train} has changed since it was used as ${versionId}.`,
        'Import it to train on it as it is now; the studio keeps a version of its own then.',
      )
    return { id, name, source, train, validation }
  }

  files({ path, validationPath }: DatasetVersion): { train: string; validation: string | null } {
    const { dataDir } = this.#store
    return {
      train: resolve(dataDir, path),
      validation: validationPath === null ? null : resolve(dataDir, validationPath),
    }
  }

  async #record(dataset: Dataset): Promise<DatasetRecord | null> {
    const versions = this.#store.datasets.versions(dataset.id)
    const latest = versions.at(-1)
    if (latest === undefined) return null
    const { runs: _, ...newest } = versionRecord(latest, [])
    return {
      ...dataset,
      description: (await this.#builtIn).get(dataset.id) ?? dataset.description,
      latest: newest,
      versions: versions.length,
      runs: this.#store.datasets.uses(dataset.id).length,
    }
  }

  #refuseBuiltIn(id: string, done: string): Dataset {
    const dataset = this.#store.datasets.get(id)
    if (dataset.kind !== 'built-in') return dataset
    throw new StudioError(
      'bad-argument',
      `${dataset.name} is part of the studio and cannot be ${done}.`,
      'Make a copy and change that.',
    )
  }
}

/** Puts the built-in datasets into the store: where the studio lies may differ from one start to the next. */
async function registerBuiltIn(store: Store): Promise<Map<string, string>> {
  const descriptions = new Map<string, string>()
  for (const { name, title, description } of await builtInDatasetCards()) {
    const data = await findData(`builtin:${name}`)
    await registerData(store, data)
    store.datasets.rename(data.id, title)
    descriptions.set(data.id, description)
  }
  return descriptions
}

export function versionRecord(
  version: DatasetVersion,
  runs: readonly { readonly id: string; readonly name: string }[],
): DatasetVersionRecord {
  const { path: _, validationPath: __, format, columns, ...record } = version
  return {
    ...record,
    format: formatNamed(format),
    columns: [...columns],
    runs: runs.map(({ id, name }) => ({ id, name })),
  }
}

/** The store keeps text; null for what this studio does not know. */
export function formatNamed(name: string | null): DatasetFormat | null {
  return datasetFormats.find((format) => format === name) ?? null
}
