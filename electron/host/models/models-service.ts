/** The base models of the studio: built-in ones, folders the person added, downloads; and whether each can be used now. */
import { rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { ModelCard, ModelInspection } from '../../contract/models.ts'
import type { Model, NewModel } from '../../store/models.ts'
import type { Store } from '../../store/open-store.ts'
import { builtInModels, type ModelReference } from '../built-in.ts'
import { type Changes, changed } from '../changes.ts'
import { folderFiles } from './folder-files.ts'
import { type FolderReport, problemAsError, reportOnFolder } from './folder-report.ts'
import { ModelStates } from './model-states.ts'

export class ModelsService {
  readonly #store: Store
  readonly #changes: Changes
  readonly #states: ModelStates
  /** The window opens without waiting for the built-in models to be read; whoever asks for models waits. */
  readonly #ready: Promise<void>

  constructor(store: Store, changes: Changes) {
    this.#store = store
    this.#changes = changes
    this.#states = new ModelStates(store, (id) => changed(changes, 'models', id))
    this.#ready = this.#registerBuiltIn()
    this.#ready.catch(() => {}) // thrown at whoever asks
  }

  /** Puts the built-in models into the store: where the studio lies may differ from one start to the next. */
  async #registerBuiltIn(): Promise<void> {
    for (const { id, name, dir } of builtInModels()) {
      const known = this.#store.models.find(id)
      if (known?.path === dir && known.details !== null && (await this.#states.problem(known)) === null)
        continue
      await this.#register(await sound(dir), { id, name, source: 'built-in', path: dir })
    }
  }

  async list(): Promise<ModelCard[]> {
    await this.#ready
    const use = this.#store.models.use()
    return Promise.all(this.#store.models.list().map((model) => this.#card(model, use)))
  }

  /** @throws StudioError `not-found` */
  async get(id: string): Promise<ModelCard> {
    await this.#ready
    return this.#card(this.#store.models.get(id), this.#store.models.use())
  }

  /** @throws StudioError `bad-argument` for a path that is not absolute; all else is among the problems */
  async inspect(path: string): Promise<ModelInspection> {
    const dir = fullPath(path)
    const { facts, problems } = await reportOnFolder(dir)
    return { path: dir, name: basename(dir), facts, problems, known: this.#listedAt(dir)?.id ?? null }
  }

  /** @throws StudioError what speaks against the folder; `exists` when it is on the list */
  async add(path: string, name?: string): Promise<ModelCard> {
    const dir = fullPath(path)
    const listed = this.#listedAt(dir)
    if (listed !== undefined)
      throw new StudioError(
        'exists',
        `${dir} is in the studio already, as "${listed.name}".`,
        'Choose it from the list; if its files have changed, its card offers to take it as it is now.',
      )
    const identity = { id: dir, name: name ?? basename(dir), source: 'local', path: dir } as const
    await this.#register(await sound(dir), identity)
    if (name !== undefined) this.#store.models.rename(dir, name)
    return this.get(dir)
  }

  /** Puts a finished download on the list. @throws StudioError what speaks against its files */
  async addDownload(dir: string, repository: string, revision: string): Promise<ModelCard> {
    const id = hubModelId(repository)
    const name = repository.split('/').at(-1) ?? repository
    const report = await sound(dir)
    await this.#register(report, { id, name, source: 'hub', path: dir })
    this.#store.models.setOrigin(id, repository, revision)
    return this.get(id)
  }

  async rename(id: string, name: string): Promise<ModelCard> {
    this.#store.models.get(id)
    this.#store.models.rename(id, name)
    changed(this.#changes, 'models', id)
    return this.get(id)
  }

  /** Takes the files as they are now for the model. @throws StudioError what speaks against them */
  async accept(id: string): Promise<ModelCard> {
    const { name, source, path } = this.#store.models.get(id)
    await this.#register(await sound(path), { id, name, source, path })
    return this.get(id)
  }

  /**
   * Takes a model off the list.
   * @param files `delete` removes a download from the disk; folders that the person added are never touched
   * @throws StudioError `locked` while runs on it wait or run, `bad-argument` for a built-in model
   */
  async remove(id: string, files: 'keep' | 'delete'): Promise<void> {
    const model = this.#store.models.get(id)
    if (model.source === 'built-in')
      throw new StudioError(
        'bad-argument',
        `${model.name} is part of the studio and cannot be removed.`,
        'It takes no space beside the program.',
      )
    this.refuseWhileUsed(id)
    if (files === 'delete') await this.#deleteDownload(model)
    this.#store.models.remove(id)
    changed(this.#changes, 'models', id)
  }

  /** @throws StudioError `locked` while runs on the model wait or run: its files must stay as they are */
  refuseWhileUsed(id: string): void {
    const active = this.#store.models.use().get(id)?.active ?? 0
    if (active === 0) return
    const { name } = this.#store.models.get(id)
    throw new StudioError(
      'locked',
      `${active === 1 ? 'A run' : `${active} runs`} on ${name} ${active === 1 ? 'is' : 'are'} waiting or running.`,
      'Wait for the end, or take them out of the queue, then try again.',
    )
  }

  /**
   * What a run is made from.
   * @throws StudioError `not-found` when the studio does not know it or its folder is gone, else what is wrong with it
   */
  async reference(id: string): Promise<ModelReference> {
    await this.#ready
    const model = this.#store.models.get(id)
    const problem = await this.#states.problem(model)
    if (problem !== null) throw problemAsError(problem)
    const { name, path, source, repository } = model
    return { id, name, dir: path, source, baseName: source === 'built-in' ? name : (repository ?? path) }
  }

  async #card(model: Model, use: ReturnType<Store['models']['use']>): Promise<ModelCard> {
    const { id, name, source, path, details, repository, revision, addedAt } = model
    const used = use.get(id)
    return {
      id,
      name,
      source,
      path,
      origin: repository === null || revision === null ? null : { repository, revision },
      facts: details?.facts ?? null,
      problem: await this.#states.problem(model),
      addedAt,
      lastUsedAt: used?.lastUsedAt ?? null,
      runs: used?.runs ?? 0,
    }
  }

  async #register(
    { facts, fingerprint }: SoundReport,
    identity: Pick<NewModel, 'id' | 'name' | 'source' | 'path'>,
  ): Promise<void> {
    const files = await folderFiles(identity.path)
    this.#store.transaction(() => {
      const { architecture, parameters, weightBytes } = facts
      this.#store.models.put({ ...identity, architecture, parameters, bytes: weightBytes, fingerprint })
      this.#store.models.setDetails(identity.id, { facts, fingerprint, files })
      this.#store.models.restore(identity.id)
    })
    changed(this.#changes, 'models', identity.id)
  }

  #listedAt(dir: string): Model | undefined {
    return this.#store.models.list().find(({ path }) => resolve(path) === dir)
  }

  async #deleteDownload({ source, path, name }: Model): Promise<void> {
    const inside = relative(join(this.#store.dataDir, 'models'), path)
    if (source !== 'hub' || inside === '' || inside.startsWith('..') || isAbsolute(inside))
      throw new StudioError(
        'bad-argument',
        `${name} is a folder of yours, and the studio deletes only what it downloaded.`,
        'Remove it from the list, and delete the folder yourself if you want.',
      )
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw diskError('delete', path, error)
    })
  }
}

export const hubModelId = (repository: string): string => `hub:${repository}`

interface SoundReport {
  readonly facts: NonNullable<FolderReport['facts']>
  readonly fingerprint: string
}

/** @throws StudioError the first thing that speaks against the folder */
async function sound(dir: string): Promise<SoundReport> {
  const { facts, fingerprint, problems } = await reportOnFolder(dir)
  if (problems[0] !== undefined) throw problemAsError(problems[0])
  if (facts !== null && fingerprint !== null) return { facts, fingerprint }
  throw new StudioError('internal', `${dir} was read without a result.`, 'Report this.')
}

/** @throws StudioError `bad-argument`: what a relative path is relative to is not for the person to know */
function fullPath(path: string): string {
  const typed = path.trim()
  if (typed === '~' || /^~[/\\]/.test(typed)) return join(homedir(), typed.slice(1))
  if (isAbsolute(typed)) return resolve(typed)
  throw new StudioError(
    'bad-argument',
    `"${typed}" is not the full path of a folder.`,
    'Give the path from the root of the disk, such as /home/me/models/my-model.',
  )
}
