/** Opened sheets: each with the thread that owns its file and, once needed, one that looks through its rows. */

import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { plainMapping, suggestMappings } from '../../../engine/data/examples/mapping.ts'
import { formatOfName } from '../../../engine/data/read/read-dataset.ts'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { DatasetVersion } from '../../store/datasets.ts'
import type { Store } from '../../store/open-store.ts'
import { type Catalogue, formatNamed } from './catalogue.ts'
import type { ImportHandlers } from './import/import-worker.ts'
import { sheetCache, workingName, workingPath } from './paths.ts'
import type { ReaderHandlers } from './reader/reader-worker.ts'
import type { SheetFile, SheetHandlers } from './sheet/sheet-worker.ts'
import { markUsed, trimSheetCache } from './sheet-cache.ts'
import { type CallContext, callOnce, Thread } from './threads/thread.ts'

/** A sheet by its name, before it is opened. */
export interface SheetPlace {
  readonly sheetId: string
  readonly datasetId: string
  /** The version it shows; null: the working rows. */
  readonly version: DatasetVersion | null
  readonly path: string
}

export class SheetHandle {
  readonly place: SheetPlace
  readonly owner: Thread<SheetHandlers>
  /** The owner has opened the file. */
  readonly ready: Promise<void>
  usedAt = Date.now()
  #reader: Thread<ReaderHandlers> | undefined
  #closed = false

  /** @param versions number of the latest version that was completed */
  constructor(place: SheetPlace, versions: number) {
    this.place = place
    const file: SheetFile = { path: place.path, access: place.version === null ? 'write' : 'read' }
    this.owner = new Thread(new URL('./sheet/sheet-worker.ts', import.meta.url), file)
    this.ready = this.owner.call('open', { versions })
    this.ready.catch(() => {}) // thrown at whoever waits for it
  }

  /** Looks through all rows while the owner goes on serving. @throws StudioError `cancelled` once it is closed */
  get reader(): Thread<ReaderHandlers> {
    if (this.#closed) throw closedSheet()
    if (this.#reader?.alive !== true)
      this.#reader = new Thread(new URL('./reader/reader-worker.ts', import.meta.url), this.place.path)
    return this.#reader
  }

  get busy(): boolean {
    return this.owner.busy || this.#reader?.busy === true
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.owner.alive) await this.owner.call('close', undefined).catch(() => {}) // it ends anyway
    await Promise.all([this.owner.close(), this.#reader?.close()])
  }
}

const idleMs = 10 * 60_000
const mostOpen = 6
/** Versions up to so many rows are made ready while the call waits. */
export const preparedAtOnce = 20_000

export const importWorker = new URL('./import/import-worker.ts', import.meta.url)

export class Sheets {
  readonly #store: Store
  readonly #catalogue: Catalogue
  /** Used last, stands last. */
  readonly #open = new Map<string, SheetHandle>()
  readonly #preparing = new Map<string, Promise<void>>()
  readonly #tidy: NodeJS.Timeout
  #closed = false

  constructor(store: Store, catalogue: Catalogue) {
    this.#store = store
    this.#catalogue = catalogue
    this.#tidy = setInterval(() => this.#closeIdle(), 60_000)
    this.#tidy.unref()
  }

  /** @throws StudioError `not-found` */
  place(sheetId: string): SheetPlace {
    const { dataDir, datasets } = this.#store
    let version = datasets.findVersion(sheetId)
    if (version === undefined) {
      const { id, kind } = datasets.get(sheetId)
      if (kind === 'imported')
        return { sheetId, datasetId: id, version: null, path: workingPath(dataDir, id) }
      version = datasets.versions(id).at(-1)
    }
    if (version === undefined)
      throw new StudioError('not-found', `The dataset "${sheetId}" has no version.`, 'Import it again.')
    const path = join(sheetCache(dataDir), version.contentHash, workingName)
    return { sheetId, datasetId: version.datasetId, version, path }
  }

  /** The sheet, made ready first where it must be. */
  async handle(sheetId: string, context: CallContext = {}): Promise<SheetHandle> {
    const place = this.place(sheetId)
    await this.prepare(place, context)
    // A call that was under way when the studio ended must not start a thread that nobody would end.
    if (this.#closed) throw closedSheet()
    let handle = this.#open.get(place.sheetId)
    if (place.version !== null) markUsed(place.path)
    // One owner for each file, however many ask for it at the same time.
    if (handle?.owner.alive !== true)
      handle = new SheetHandle(place, this.#store.datasets.versions(place.datasetId).at(-1)?.number ?? 0)
    this.#open.delete(place.sheetId)
    this.#open.set(place.sheetId, handle)
    handle.usedAt = Date.now()
    this.#closeMany()
    try {
      await handle.ready
    } catch (error) {
      // Tried anew when it is asked for again.
      this.#open.delete(place.sheetId)
      void handle.close()
      throw error
    }
    return handle
  }

  isReady({ path }: SheetPlace): boolean {
    return existsSync(path)
  }

  /** Lays a version's rows out for the grid, once. */
  async prepare(place: SheetPlace, context: CallContext): Promise<void> {
    if (place.version === null || this.isReady(place)) return
    const { contentHash } = place.version
    const running = this.#preparing.get(contentHash) ?? this.#layOut(place.version, place.path, context)
    this.#preparing.set(contentHash, running)
    try {
      await running
    } finally {
      this.#preparing.delete(contentHash)
    }
  }

  async #layOut(version: DatasetVersion, path: string, context: CallContext): Promise<void> {
    const { train, validation } = await this.#catalogue.reference(version.id)
    const format = formatNamed(version.format)
    const mapping =
      format === null ? suggestMappings(version.columns)[0] : plainMapping(format, version.columns)
    if (mapping === undefined)
      throw new StudioError(
        'bad-data',
        `The rows of ${version.id} have no columns.`,
        'Choose another version.',
      )
    const folder = dirname(path)
    const aside = join(dirname(folder), `.${randomUUID()}`)
    const file = (from: string, split: 'train' | 'validation') =>
      ({ name: basename(from), bytes: 0, split, content: { path: from } }) as const
    try {
      await mkdir(aside, { recursive: true })
      await callOnce<ImportHandlers, 'import'>(
        importWorker,
        'import',
        {
          files: [file(train, 'train'), ...(validation === null ? [] : [file(validation, 'validation')])],
          reading: { format: formatOfName(train) ?? 'jsonl', delimiter: ',', header: true, textUnit: 'line' },
          mapping,
          split: undefined,
          path: join(aside, workingName),
        },
        context,
      )
      await rename(aside, folder)
      trimSheetCache(this.#store.dataDir, new Set([path, ...this.#openPaths()]))
    } catch (error) {
      await rm(aside, { recursive: true, force: true })
      throw diskError('lay out', folder, error)
    }
  }

  #openPaths(): string[] {
    return [...this.#open.values()].map(({ place }) => place.path)
  }

  /** Closes a dataset's sheets, so that its files can go. */
  async release(datasetId: string): Promise<void> {
    const handles = [...this.#open.values()].filter(({ place }) => place.datasetId === datasetId)
    for (const { place } of handles) this.#open.delete(place.sheetId)
    await Promise.all(handles.map((handle) => handle.close()))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#tidy)
    const handles = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(handles.map((handle) => handle.close()))
  }

  #closeIdle(): void {
    for (const [sheetId, handle] of this.#open) {
      if (handle.busy || Date.now() - handle.usedAt < idleMs) continue
      this.#open.delete(sheetId)
      void handle.close()
    }
  }

  #closeMany(): void {
    for (const [sheetId, handle] of this.#open) {
      if (this.#open.size <= mostOpen) return
      if (handle.busy) continue
      this.#open.delete(sheetId)
      void handle.close()
    }
  }
}

function closedSheet(): StudioError {
  return new StudioError('cancelled', 'The dataset was closed meanwhile.', 'Open it again.')
}
