/** Imports and copies: a source becomes a dataset with version 1, or leaves nothing behind. */
import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { plainMapping } from '../../../engine/data/examples/mapping.ts'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { Mapping, SplitRule } from '../../contract/datasets/mapping.ts'
import type {
  Detection,
  ImportResult,
  Reading,
  ReadingChoice,
  Source,
} from '../../contract/datasets/source.ts'
import type { DatasetVersion } from '../../store/datasets.ts'
import type { Store } from '../../store/open-store.ts'
import { type Changes, changed } from '../changes.ts'
import type { JobContext } from '../jobs.ts'
import type { Uploads } from '../uploads.ts'
import { type Catalogue, formatNamed } from './catalogue.ts'
import type { ImportHandlers } from './import/import-worker.ts'
import { type SourceFiles, sourceFiles } from './import/source-files.ts'
import { datasetFolder, unfinishedName, versionPath, workingName } from './paths.ts'
import { importWorker } from './sheets.ts'
import { type CallContext, callOnce } from './threads/thread.ts'
import { trainFile, validationFile, type WrittenVersion } from './versions/write-version.ts'

export interface ImportRequest {
  readonly source: Source
  readonly name: string
  readonly reading: Reading
  readonly mapping: Mapping
  readonly split?: SplitRule | undefined
}

interface Parts {
  readonly store: Store
  readonly changes: Changes
  readonly uploads: Uploads
  readonly catalogue: Catalogue
}

export class Imports {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @throws StudioError for sources that cannot be read */
  async detect(
    {
      source,
      reading,
      mapping,
    }: { source: Source; reading?: ReadingChoice | undefined; mapping?: Mapping | undefined },
    context: CallContext,
  ): Promise<Detection> {
    const files = await sourceFiles(source, this.#parts.uploads)
    return callOnce<ImportHandlers, 'detect'>(
      importWorker,
      'detect',
      { source: files, reading, mapping },
      context,
    )
  }

  async import(request: ImportRequest, context: JobContext): Promise<ImportResult> {
    const { uploads } = this.#parts
    const files = await sourceFiles(request.source, uploads)
    const result = await this.#make(files, request, context)
    if (request.source.kind === 'upload') await uploads.remove(request.source.uploadId)
    return result
  }

  /** A dataset of one's own with the rows of a version. */
  async copy(versionId: string, name: string, context: JobContext): Promise<ImportResult> {
    const { store, catalogue } = this.#parts
    const version = store.datasets.getVersion(versionId)
    const { train, validation, name: from } = await catalogue.reference(versionId)
    const file = (path: string, split: 'train' | 'validation') =>
      ({ name: basename(path), bytes: 0, split, content: { path } }) as const
    const files = {
      name,
      origin: `copy of ${from}, version ${version.number}`,
      files: [file(train, 'train'), ...(validation === null ? [] : [file(validation, 'validation')])],
    }
    const detected = await callOnce<ImportHandlers, 'detect'>(
      importWorker,
      'detect',
      { source: files, reading: {}, mapping: undefined },
      context,
    )
    const format = formatNamed(version.format)
    const mapping = format === null ? detected.mappings[0]?.mapping : plainMapping(format, version.columns)
    if (mapping === undefined)
      throw new StudioError(
        'bad-data',
        `The rows of ${versionId} have no columns.`,
        'Choose another version.',
      )
    return this.#make(files, { name, reading: detected.reading, mapping, split: undefined }, context)
  }

  async #make(
    { files, origin }: SourceFiles,
    { name, reading, mapping, split }: Omit<ImportRequest, 'source'>,
    context: JobContext,
  ): Promise<ImportResult> {
    const { store, changes } = this.#parts
    const datasetId = newId(name)
    const folder = datasetFolder(store.dataDir, datasetId)
    const path = join(folder, workingName)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, unfinishedName), '')
      const { written, ...imported } = await callOnce<ImportHandlers, 'create'>(
        importWorker,
        'create',
        { files, reading, mapping, split, path },
        context,
      )
      context.signal.throwIfAborted()
      const version = store.transaction(() => {
        const { badRows } = imported
        store.datasets.put({ id: datasetId, name, source: origin, kind: 'imported', badRows })
        return store.datasets.addVersion(newVersion(datasetId, 1, written, '', null))
      })
      // The entry in the store completes the import: from here on the folder stays.
      await rm(join(folder, unfinishedName)).catch(() => {}) // the next start takes it away
      changed(changes, 'datasets', datasetId)
      const { rows, validationRows } = version
      const { badRows, firstBadRows } = imported
      return { datasetId, versionId: version.id, rows, validationRows, badRows, firstBadRows }
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error instanceof Error && 'syscall' in error ? diskError('import into', folder, error) : error
    }
  }
}

/** A version's entry in the store. */
export function newVersion(
  datasetId: string,
  number: number,
  written: Omit<WrittenVersion, 'ids'>,
  note: string,
  parentId: string | null,
): Omit<DatasetVersion, 'id' | 'number' | 'createdAt'> {
  const { contentHash, rows, validationRows, bytes, format, columns } = written
  return {
    datasetId,
    contentHash,
    rows,
    validationRows,
    bytes,
    format,
    columns,
    note,
    parentId,
    path: versionPath(datasetId, number, trainFile),
    validationPath: validationRows > 0 ? versionPath(datasetId, number, validationFile) : null,
  }
}

/** Readable, and never given twice. */
function newId(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return `${words === '' ? 'dataset' : words}-${randomBytes(4).toString('hex')}`
}
