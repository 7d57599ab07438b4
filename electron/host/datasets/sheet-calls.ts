/** What windows do with sheets: open, read, edit, undo, save. */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { BulkEdit, Edit, Edited, Opened, Sheet } from '../../contract/datasets/sheet.ts'
import type { Search, Selection, View, ViewSpec } from '../../contract/datasets/view.ts'
import type { SavedVersion } from '../../contract/datasets.ts'
import type { Store } from '../../store/open-store.ts'
import { type Changes, changed } from '../changes.ts'
import type { JobContext, Jobs } from '../jobs.ts'
import { type Catalogue, formatNamed } from './catalogue.ts'
import type { VersionRows } from './edits/restore.ts'
import type { ImportHandlers } from './import/import-worker.ts'
import { newVersion } from './imports.ts'
import { versionsFolder } from './paths.ts'
import type { SheetState } from './sheet/open-sheet.ts'
import type { SheetEdited } from './sheet/sheet-worker.ts'
import { importWorker, preparedAtOnce, type SheetHandle, type Sheets } from './sheets.ts'
import { type CallContext, callOnce } from './threads/thread.ts'

interface Parts {
  readonly store: Store
  readonly changes: Changes
  readonly jobs: Jobs
  readonly catalogue: Catalogue
  readonly sheets: Sheets
}

export class SheetCalls {
  readonly #parts: Parts
  readonly #saving = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async open(sheetId: string): Promise<Opened> {
    const { sheets, jobs, store } = this.#parts
    const place = sheets.place(sheetId)
    const rows = (place.version?.rows ?? 0) + (place.version?.validationRows ?? 0)
    if (!sheets.isReady(place) && rows > preparedAtOnce) {
      const { name } = store.datasets.get(place.datasetId)
      const { id } = jobs.start({ kind: 'dataset.open', title: `Opening ${name}` }, (context) =>
        sheets.prepare(place, context),
      )
      return { state: 'preparing', jobId: id }
    }
    const handle = await sheets.handle(sheetId)
    return { state: 'ready', sheet: this.#sheetOf(handle, await handle.owner.call('state', undefined)) }
  }

  /** Finds rows in a thread beside the owner's; should rows change meanwhile, once more. */
  async view(sheetId: string, spec: ViewSpec, context: CallContext): Promise<View> {
    const handle = await this.#parts.sheets.handle(sheetId)
    for (let tries = 1; ; tries++) {
      const only = spec.issue === null ? null : await handle.owner.call('issueRows', spec.issue)
      if (spec.issue !== null && only === null)
        throw new StudioError(
          'not-found',
          'The rows have not been checked for this.',
          'Check the dataset first.',
        )
      const { ids, sorted, revision } = await handle.reader.call('view', { spec, only }, context)
      const now = await handle.owner.call('state', undefined)
      if (now.revision !== revision && tries < 4) continue
      return { viewId: await handle.owner.call('addView', { ids, sorted }), rows: ids.length }
    }
  }

  async find(
    sheetId: string,
    input: { viewId: string | null; search: Search; from: number; direction: 'next' | 'previous' },
    context: CallContext,
  ) {
    const handle = await this.#parts.sheets.handle(sheetId)
    const { viewId, ...rest } = input
    const ids = await handle.owner.call('ids', viewId)
    return handle.reader.call('find', { ids, ...rest }, context)
  }

  async previewReplace(
    sheetId: string,
    { rows, ...input }: { search: Search; replacement: string; rows: Selection | null },
    context: CallContext,
  ) {
    const handle = await this.#parts.sheets.handle(sheetId)
    const ids = rows === null ? null : await handle.owner.call('selected', rows)
    return handle.reader.call('previewReplace', { ...input, ids }, context)
  }

  async edit(sheetId: string, revision: number, edits: Edit[]): Promise<Edited> {
    const handle = await this.#parts.sheets.handle(sheetId)
    return this.#edited(handle, await handle.owner.call('edit', { revision, edits }))
  }

  async undo(sheetId: string, revision: number): Promise<Edited> {
    const handle = await this.#parts.sheets.handle(sheetId)
    return this.#edited(handle, await handle.owner.call('undo', revision))
  }

  async redo(sheetId: string, revision: number): Promise<Edited> {
    const handle = await this.#parts.sheets.handle(sheetId)
    return this.#edited(handle, await handle.owner.call('redo', revision))
  }

  async editAll(sheetId: string, revision: number, edit: BulkEdit, context: JobContext): Promise<Edited> {
    const handle = await this.#parts.sheets.handle(sheetId)
    const version = edit.kind === 'restore' ? this.#versionRows(handle, edit.versionId) : null
    return this.#edited(handle, await handle.owner.call('editAll', { revision, edit, version }, context))
  }

  /**
   * The rows as they are become a version. Edits may go on meanwhile; they are none of it.
   * @throws StudioError `locked` while the dataset is being saved
   */
  async save(sheetId: string, revision: number, note: string, context: JobContext): Promise<SavedVersion> {
    const { sheets } = this.#parts
    const handle = await sheets.handle(sheetId)
    const { place, owner } = handle
    if (place.version !== null)
      throw new StudioError('bad-argument', 'A version cannot be saved again.', 'Make a copy and edit that.')
    const now = await owner.call('state', undefined)
    if (now.revision !== revision)
      throw new StudioError(
        'conflict',
        'The rows have changed since.',
        'Look at the rows as they are now, then save.',
      )
    if (this.#saving.has(place.datasetId))
      throw new StudioError('locked', 'The dataset is being saved already.', 'Wait for that to end.')
    this.#saving.add(place.datasetId)
    try {
      return await this.#write(handle, note, context)
    } finally {
      this.#saving.delete(place.datasetId)
    }
  }

  async #write(handle: SheetHandle, note: string, context: JobContext): Promise<SavedVersion> {
    const { store, catalogue } = this.#parts
    const { datasetId, path } = handle.place
    const folder = versionsFolder(store.dataDir, datasetId)
    const aside = join(folder, '.new')
    await rm(aside, { recursive: true, force: true })
    try {
      const written = await callOnce<ImportHandlers, 'writeVersion'>(
        importWorker,
        'writeVersion',
        { path, folder: aside },
        context,
      )
      const versions = store.datasets.versions(datasetId)
      const same = versions.find(({ contentHash }) => contentHash === written.contentHash)
      const number = same?.number ?? (versions.at(-1)?.number ?? 0) + 1
      if (same === undefined) await rename(aside, join(folder, String(number)))
      // The entry in the store is what completes the save; what precedes it is thrown away after a crash.
      await handle.owner.call('saved', { number, ...written })
      if (same === undefined)
        store.datasets.addVersion(newVersion(datasetId, number, written, note, versions.at(-1)?.id ?? null))
      const state = await handle.owner.call('state', undefined)
      this.#tell(handle, state)
      return { version: await catalogue.version(`${datasetId}@${number}`), created: same === undefined }
    } catch (error) {
      throw error instanceof Error && 'syscall' in error ? diskError('save into', folder, error) : error
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  }

  #versionRows({ place }: SheetHandle, versionId: string): VersionRows | null {
    const { store, catalogue } = this.#parts
    const version = store.datasets.getVersion(versionId)
    const format = formatNamed(version.format)
    if (version.datasetId !== place.datasetId || format === null) return null
    return { number: version.number, format, ...catalogue.files(version) }
  }

  #edited(handle: SheetHandle, { state, ...edited }: SheetEdited): Edited {
    this.#tell(handle, state)
    return { sheet: this.#sheetOf(handle, state), ...edited }
  }

  /** Keeps the list's mark of unsaved work, and tells the windows. */
  #tell({ place }: SheetHandle, { savedAs }: SheetState): void {
    const { store, changes } = this.#parts
    const unsaved = savedAs === null
    if (store.datasets.get(place.datasetId).unsaved !== unsaved)
      store.datasets.setUnsaved(place.datasetId, unsaved)
    changed(changes, 'datasets', place.datasetId)
  }

  #sheetOf({ place }: SheetHandle, { savedAs, ...state }: SheetState): Sheet {
    const { name, kind } = this.#parts.store.datasets.get(place.datasetId)
    const number = place.version?.number ?? savedAs
    return {
      ...state,
      sheetId: place.sheetId,
      datasetId: place.datasetId,
      name,
      readOnly: place.version === null ? null : readOnlyBecause(kind),
      savedAs: number === null ? null : { versionId: `${place.datasetId}@${number}`, number },
    }
  }
}

function readOnlyBecause(kind: 'built-in' | 'imported' | 'file'): string {
  if (kind === 'built-in') return 'This dataset comes with the studio. Make a copy to edit it.'
  if (kind === 'file') return 'A run used this file as it is. Import a copy to edit it.'
  return 'This is a version as it was saved. Edit the dataset to make a new one.'
}
