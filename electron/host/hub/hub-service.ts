/** Downloads from the hub: looked at first, then fetched as a job, checked, and put where models and datasets are. */
import { existsSync } from 'node:fs'
import { mkdir, rename, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, StudioError } from '../../../engine/errors.ts'
import type { HubDownload, HubRepository, UnfinishedDownload } from '../../contract/hub.ts'
import type { JobContext, Jobs } from '../jobs.ts'
import { problemAsError } from '../models/folder-report.ts'
import { hubModelId, type ModelsService } from '../models/models-service.ts'
import {
  allDownloads,
  type DownloadFolder,
  downloadFolder,
  flatNames,
  type Manifest,
  markComplete,
  prepareFolder,
  presentBytes,
  readManifest,
  removeFolder,
  targetOf,
} from './download-folder.ts'
import { fetchFile } from './fetch-file.ts'
import type { HubAccount } from './hub-account.ts'
import { fileUrl, lookAtRepository, type RepositoryView } from './look-at-repository.ts'
import { folderName, type RepositoryKind, repositoryId } from './repository-id.ts'

export interface HubOptions {
  readonly dataDir: string
  readonly jobs: Jobs
  readonly models: ModelsService
  readonly account: HubAccount
  /** Waits between attempts after broken connections; for tests. */
  readonly retryAfterMs?: readonly number[]
}

export interface RepositoryRequest {
  readonly kind: RepositoryKind
  readonly id: string
  readonly revision?: string | undefined
}

/** What stays free on the disk, so that running work can still save. */
const RESERVE_BYTES = 256 * 2 ** 20

export class HubService {
  readonly #options: HubOptions
  /** Jobs by download folder. */
  readonly #running = new Map<string, string>()

  constructor(options: HubOptions) {
    this.#options = options
  }

  /** @throws StudioError where the repository cannot be seen */
  async repository(request: RepositoryRequest): Promise<HubRepository> {
    const view = await this.#look(request)
    const { kind, id, revision, licence, gated, leftOut, taken, problem } = view
    const folder = downloadFolder(this.#options.dataDir, kind, id)
    return {
      ...{ kind, id, revision, licence, gated, private: view.private },
      files: [...taken],
      leftOut,
      bytes: sum(taken),
      presentBytes: await presentBytes(folder, manifestOf(view).files),
      freeBytes: await this.#freeBytes(),
      problem:
        problem === undefined ? null : { code: problem.code, message: problem.message, hint: problem.hint },
      known: kind === 'model' ? await this.#knownModel(id, revision) : null,
    }
  }

  /** Starts the job, or names the one that is at it. @throws StudioError as `repository`, and for what it could not use */
  async download(
    request: RepositoryRequest & { readonly paths?: readonly string[] | undefined },
  ): Promise<string> {
    const view = await this.#look(request)
    if (view.problem !== undefined) throw view.problem
    const known = view.kind === 'model' ? await this.#knownModel(view.id, view.revision) : null
    if (known !== null)
      throw new StudioError('exists', `${view.id} is in the studio already.`, 'Choose it under Models.')
    const folder = downloadFolder(this.#options.dataDir, view.kind, view.id)
    const running = this.#running.get(folder.dir)
    if (running !== undefined) return running
    const manifest = manifestOf(view, request.paths ?? (await begunPaths(folder, view.revision)))
    await this.#demandSpace(folder, manifest)
    await prepareFolder(folder, manifest)
    const meanwhile = this.#running.get(folder.dir)
    if (meanwhile !== undefined) return meanwhile
    const { id } = this.#options.jobs.start(
      { kind: 'hub.download', title: `Downloading ${view.id}` },
      (context) => this.#fetch(folder, manifest, context).finally(() => this.#running.delete(folder.dir)),
    )
    this.#running.set(folder.dir, id)
    return id
  }

  async unfinished(): Promise<UnfinishedDownload[]> {
    const downloads = await allDownloads(this.#options.dataDir)
    return Promise.all(
      downloads
        .filter(({ manifest }) => !manifest.complete)
        .map(async ({ folder, manifest: { kind, id, revision, files } }) => ({
          ...{ kind, id, revision },
          bytes: sum(files),
          presentBytes: await presentBytes(folder, files),
          jobId: this.#running.get(folder.dir) ?? null,
        })),
    )
  }

  /** @throws StudioError `locked` while it is being downloaded */
  async discard(kind: RepositoryKind, typed: string): Promise<void> {
    const { id } = repositoryId(kind, typed)
    const { dir } = downloadFolder(this.#options.dataDir, kind, id)
    if (this.#running.has(dir))
      throw new StudioError('locked', `${id} is being downloaded.`, 'Cancel the download first.')
    await removeFolder(dir)
  }

  async #look({ kind, id, revision }: RepositoryRequest): Promise<RepositoryView> {
    const asked = repositoryId(kind, id, revision)
    return lookAtRepository(await this.#options.account.client(), asked)
  }

  async #fetch(folder: DownloadFolder, manifest: Manifest, context: JobContext): Promise<HubDownload> {
    const { signal, progress } = context
    const client = await this.#options.account.client(signal)
    const total = sum(manifest.files)
    let before = 0
    for (const file of manifest.files) {
      signal.throwIfAborted()
      await fetchFile(
        client,
        {
          name: `${manifest.id}: ${file.path}`,
          url: fileUrl(client, manifest, file.path),
          bytes: file.bytes,
          checksum: file.checksum,
          target: targetOf(folder, file),
        },
        {
          signal,
          onProgress: (bytes) => progress({ done: before + bytes, total, unit: 'bytes', note: file.path }),
          ...(this.#options.retryAfterMs === undefined ? {} : { retryAfterMs: this.#options.retryAfterMs }),
        },
      )
      before += file.bytes
    }
    progress({ done: total, total, unit: 'bytes', note: 'checking' })
    return manifest.kind === 'model' ? this.#installModel(folder, manifest) : handOn(folder, manifest)
  }

  /** Moves a complete download to the models; what was there of an older commit goes once the new one is in place. */
  async #installModel(folder: DownloadFolder, { id, revision }: Manifest): Promise<HubDownload> {
    const { dataDir, models } = this.#options
    const { problems } = await models.inspect(folder.files)
    if (problems[0] !== undefined) throw problemAsError(problems[0])
    models.refuseWhileUsed(hubModelId(id))
    const target = join(dataDir, 'models', folderName(id))
    const old = join(folder.dir, 'old')
    try {
      await mkdir(join(dataDir, 'models'), { recursive: true })
      await removeFolder(old)
      if (existsSync(target)) await rename(target, old)
      await rename(folder.files, target)
    } catch (error) {
      throw diskError('move the download to', target, error)
    }
    const { id: modelId } = await models.addDownload(target, id, revision)
    await removeFolder(folder.dir)
    return { kind: 'model', modelId }
  }

  /** The id of the model on the list that is this commit, usable as it is. */
  async #knownModel(repository: string, revision: string): Promise<string | null> {
    const cards = await this.#options.models.list()
    const known = cards.find(
      ({ origin }) => origin?.repository === repository && origin.revision === revision,
    )
    return known?.problem === null ? known.id : null
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.dataDir)
    return bavail * bsize
  }

  async #demandSpace(folder: DownloadFolder, { id, files }: Manifest): Promise<void> {
    const needed = sum(files) - (await presentBytes(folder, files))
    const free = await this.#freeBytes()
    if (free >= needed + RESERVE_BYTES) return
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1)
    throw new StudioError(
      'disk',
      `${id} needs ${gigabytes(needed)} GB more, and the disk of the data folder has ${gigabytes(free)} GB free.`,
      'Free some space, or start the studio with a data folder on a larger disk.',
    )
  }
}

const sum = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((total, { bytes }) => total + bytes, 0)

/** What an earlier attempt at the same commit set out to fetch. */
async function begunPaths(folder: DownloadFolder, revision: string): Promise<string[] | undefined> {
  const begun = await readManifest(folder)
  if (begun === undefined || begun.complete || begun.revision !== revision) return undefined
  return begun.files.map(({ path }) => path)
}

/** @param paths only these of the files that would be taken */
function manifestOf(
  { kind, id, revision, taken, checksums }: RepositoryView,
  paths?: readonly string[],
): Manifest {
  const wanted = paths === undefined ? taken : taken.filter(({ path }) => paths.includes(path))
  const names = kind === 'dataset' ? flatNames(wanted.map(({ path }) => path)) : undefined
  return {
    ...{ kind, id, revision },
    files: wanted.map(({ path, bytes }) => ({
      ...{ path, bytes },
      name: names?.get(path) ?? path,
      checksum: checksums.get(path) ?? null,
    })),
    complete: false,
  }
}

/** Data goes to the datasets' import: a single file as it is, several as a folder whose names tell the splits. */
async function handOn(folder: DownloadFolder, manifest: Manifest): Promise<HubDownload> {
  await markComplete(folder, manifest)
  const [only, ...others] = manifest.files
  const path = only !== undefined && others.length === 0 ? targetOf(folder, only) : folder.files
  return { kind: 'dataset', path, name: manifest.id.split('/').at(-1) ?? manifest.id }
}
