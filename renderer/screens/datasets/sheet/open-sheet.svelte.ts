/** A dataset opened as rows: what the host says about it, and the changes made to it, one after the other. */
import type { BulkEdit, Edit, Edited, Sheet } from '../../../../electron/contract/datasets/sheet.ts'
import type { SavedVersion } from '../../../../electron/contract/datasets.ts'
import type { JobRecord } from '../../../../electron/contract/jobs.ts'
import { type Failure, failureOf, isAbort } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { resultOf } from '../follow-job.ts'

export class OpenSheet {
  readonly id: string
  sheet = $state.raw<Sheet>()
  /** Why it could not be opened. */
  failure = $state.raw<Failure>()
  /** Why the last change was not made; the rows are as they were. */
  refused = $state.raw<Failure>()
  /** Long work on it that is going on. */
  job = $state.raw<JobRecord>()
  /** Changes on their way. */
  pending = $state(0)
  readonly #studio: Studio
  readonly #life = new AbortController()
  #changes: Promise<unknown> = Promise.resolve()

  /** @param id a dataset (its working rows) or a version (read-only) */
  constructor(studio: Studio, id: string) {
    this.#studio = studio
    this.id = id
  }

  get editable(): boolean {
    return this.sheet?.readOnly === null
  }

  get busy(): boolean {
    return this.job !== undefined
  }

  /** Whether rows differ from every version. */
  get dirty(): boolean {
    return this.sheet !== undefined && this.sheet.readOnly === null && this.sheet.savedAs === null
  }

  /** Asks what is there; again after each change elsewhere. */
  async open(): Promise<void> {
    const { signal } = this.#life
    try {
      for (;;) {
        const opened = await this.#studio.client.datasets.open({ sheetId: this.id }, { signal })
        if (opened.state === 'ready') {
          this.sheet = opened.sheet
          this.failure = undefined
          return
        }
        await this.#follow(opened.jobId)
      }
    } catch (error) {
      if (!isAbort(error)) this.failure = failureOf(error)
    }
  }

  /** One undo step. Resolves to undefined when it was refused; `refused` says why. */
  edit(edits: Edit[]): Promise<Edited | undefined> {
    return this.#change((revision) =>
      this.#studio.client.datasets.edit({ sheetId: this.id, revision, edits }),
    )
  }

  editAll(edit: BulkEdit): Promise<Edited | undefined> {
    return this.#change(async (revision) => {
      const { jobId } = await this.#studio.client.datasets.editAll({ sheetId: this.id, revision, edit })
      return this.#follow<Edited>(jobId)
    })
  }

  undo(): Promise<Edited | undefined> {
    return this.#change((revision) => this.#studio.client.datasets.undo({ sheetId: this.id, revision }))
  }

  redo(): Promise<Edited | undefined> {
    return this.#change((revision) => this.#studio.client.datasets.redo({ sheetId: this.id, revision }))
  }

  save(note: string): Promise<SavedVersion | undefined> {
    return this.#inTurn(async (revision) => {
      const { jobId } = await this.#studio.client.datasets.save({ sheetId: this.id, revision, note })
      const saved = await this.#follow<SavedVersion>(jobId)
      await this.open()
      return saved
    })
  }

  cancelJob(): void {
    if (this.job !== undefined) void this.#studio.client.jobs.cancel({ id: this.job.id })
  }

  close(): void {
    this.#life.abort()
  }

  #change(make: (revision: number) => Promise<Edited>): Promise<Edited | undefined> {
    return this.#inTurn(async (revision) => {
      const edited = await make(revision)
      this.sheet = edited.sheet
      return edited
    })
  }

  /** Each change is made against the rows that the one before it left. */
  #inTurn<T>(work: (revision: number) => Promise<T>): Promise<T | undefined> {
    this.pending += 1
    const turn = this.#changes.then(async () => {
      try {
        const done = await work(this.sheet?.revision ?? 0)
        this.refused = undefined
        return done
      } catch (error) {
        if (isAbort(error)) return undefined
        this.refused = failureOf(error)
        // Someone else changed the rows: what is shown must be what is there.
        if (this.refused.code === 'conflict') await this.open()
        return undefined
      } finally {
        this.pending -= 1
      }
    })
    this.#changes = turn
    return turn
  }

  async #follow<T>(jobId: string): Promise<T> {
    try {
      return await resultOf<T>(this.#studio, jobId, this.#life.signal, (job) => {
        this.job = job
      })
    } finally {
      this.job = undefined
    }
  }
}
