/** Whether a model can be used now: its folder is there and its files are those that were added. */
import { messageOf, StudioError } from '../../../engine/errors.ts'
import type { Failure } from '../../contract/shared.ts'
import type { Model } from '../../store/models.ts'
import type { Store } from '../../store/open-store.ts'
import { changesBetween, type FolderFiles, folderFiles, sameFiles } from './folder-files.ts'
import { reportOnFolder } from './folder-report.ts'

interface Known {
  readonly fingerprint: string
  readonly files: FolderFiles
  readonly problem: Failure | null
}

export class ModelStates {
  readonly #store: Store
  readonly #onRead: (id: string) => void
  /** What was found wrong with files in this state, so that they are not read again at every look. */
  readonly #known = new Map<string, Known>()
  readonly #reading = new Map<string, Promise<Failure | null>>()

  /** @param onRead called when facts of a model have been read that were not known before */
  constructor(store: Store, onRead: (id: string) => void) {
    this.#store = store
    this.#onRead = onRead
  }

  /** Looks at names, sizes and dates alone as long as these are as they were. */
  async problem(model: Model): Promise<Failure | null> {
    const { id, path, name, fingerprint, details } = model
    let files: FolderFiles
    try {
      files = await folderFiles(path)
    } catch (error) {
      return vanished(name, path, error)
    }
    if (details?.fingerprint === fingerprint && sameFiles(details.files, files)) return null
    const known = this.#known.get(id)
    if (known?.fingerprint === fingerprint && sameFiles(known.files, files)) return known.problem
    const reading = this.#reading.get(id) ?? this.#read(model, files)
    this.#reading.set(id, reading)
    try {
      return await reading
    } finally {
      this.#reading.delete(id)
    }
  }

  async #read({ id, path, name, fingerprint, details }: Model, files: FolderFiles): Promise<Failure | null> {
    const report = await reportOnFolder(path)
    let problem = report.problems[0] ?? null
    if (report.fingerprint !== null && report.fingerprint !== fingerprint)
      problem = changedFiles(name, details === null ? '' : changesBetween(details.files, files))
    this.#known.set(id, { fingerprint, files, problem })
    if (problem === null && report.facts !== null) {
      this.#store.models.setDetails(id, { facts: report.facts, fingerprint, files })
      this.#onRead(id)
    }
    return problem
  }
}

function vanished(name: string, path: string, error: unknown): Failure {
  const gone = error instanceof StudioError && error.code === 'not-found'
  return {
    code: 'not-found',
    message: gone
      ? `The folder of ${name} is no longer there: ${path}.`
      : `The folder of ${name} cannot be read: ${messageOf(error)}`,
    hint: 'Connect the disk it is on or put it back; if it has moved, remove the model and add the folder anew.',
  }
}

function changedFiles(name: string, what: string): Failure {
  return {
    code: 'bad-model',
    message: `The files of ${name} are not those that were added${what === '' ? '' : `: ${what}`}.`,
    hint: 'Put the old files back, or take the folder as it is now; runs made before used the old files.',
  }
}
