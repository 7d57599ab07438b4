/** What a repository on the hub holds, what of it would be downloaded, and whether that could be used. */
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import {
  refusedGguf,
  refusedPickle,
  refuseQuantizedConfig,
} from '../../../engine/files/model-folder/refusals.ts'
import { readModel } from '../../../engine/models/index.ts'
import type { HubRepository } from '../../contract/hub.ts'
import { type ChosenFiles, chooseFiles, type HubFile } from './choose-files.ts'
import type { Checksum } from './fetch-file.ts'
import { askHub, type HubClient, hubLibrary, refusedByHub, unreachable } from './hub-client.ts'
import type { RepositoryId } from './repository-id.ts'

/** What is asked of the hub about a repository. */
export interface RepositoryView
  extends Pick<HubRepository, 'kind' | 'id' | 'revision' | 'licence' | 'gated' | 'private'>,
    ChosenFiles {
  /** Why it could not be used after the download; undefined when nothing speaks against it. */
  readonly problem: StudioError | undefined
  /** By path. */
  readonly checksums: ReadonlyMap<string, Checksum>
}

const MOST_FILES = 20_000

const objectSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(z.record(z.string(), z.unknown()))

const cardSchema = z
  .looseObject({
    license: z.union([z.string(), z.array(z.string())]).nullish(),
    license_name: z.string().nullish(),
  })
  .nullish()
  .catch(null)
const infoSchema = z.looseObject({
  name: z.string(),
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  private: z.boolean().catch(false),
  gated: z.union([z.literal(false), z.enum(['auto', 'manual'])]).catch(false),
  cardData: cardSchema,
})

/** @throws StudioError where the repository cannot be seen: `network`, `not-found`, `forbidden` */
export async function lookAtRepository(
  client: HubClient,
  { kind, id, revision }: RepositoryId,
): Promise<RepositoryView> {
  const { modelInfo, datasetInfo } = await hubLibrary()
  const { endpoint: hubUrl, fetch } = client
  const question = { name: id, hubUrl, fetch, ...(revision === undefined ? {} : { revision }) }
  const info = await askHub(id, async () =>
    infoSchema.parse(
      kind === 'model'
        ? await modelInfo({ ...question, additionalFields: ['sha', 'cardData'] })
        : await datasetInfo({ ...question, additionalFields: ['sha', 'cardData'] }),
    ),
  )
  const { files, checksums } = await allFiles(client, kind, info.name, info.sha)
  const chosen = chooseFiles(kind, files)
  const view = { kind, id: info.name, revision: info.sha, ...chosen, checksums }
  return {
    ...view,
    licence: licenceOf(info.cardData),
    gated: info.gated === false ? 'no' : info.gated,
    private: info.private,
    problem: aboutGate(info.gated !== false, view.id, await problemOf(client, view, files)),
  }
}

/** Where a file is fetched. */
export function fileUrl(
  { endpoint }: Pick<HubClient, 'endpoint'>,
  { kind, id, revision }: Pick<RepositoryView, 'kind' | 'id' | 'revision'>,
  path: string,
): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  return `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${id}/resolve/${revision}/${encoded}`
}

async function allFiles(client: HubClient, kind: RepositoryId['kind'], name: string, revision: string) {
  const { listFiles } = await hubLibrary()
  const files: HubFile[] = []
  const checksums = new Map<string, Checksum>()
  await askHub(name, async () => {
    const listing = listFiles({
      ...{ repo: { type: kind, name }, revision, recursive: true },
      ...{ hubUrl: client.endpoint, fetch: client.fetch },
    })
    for await (const { type, path, size, lfs, oid } of listing) {
      if (type !== 'file') continue
      refuseStrangePath(name, path)
      files.push({ path, bytes: lfs?.size ?? size, sha256: lfs?.oid ?? null })
      if (lfs !== undefined) checksums.set(path, { algorithm: 'sha256', value: lfs.oid })
      else if (oid !== undefined) checksums.set(path, { algorithm: 'git-sha1', value: oid })
      if (files.length > MOST_FILES)
        throw new StudioError(
          'unsupported',
          `${name} has more than ${MOST_FILES} files.`,
          'Download what you need of it yourself, and import that folder.',
        )
    }
  })
  return { files, checksums }
}

/** A file is stored under its path, which must not lead out of the folder. */
function refuseStrangePath(repository: string, path: string): void {
  const parts = path.split('/')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\u0000-\u001f]/.test(part)))
    return
  throw new StudioError(
    'bad-file',
    `${repository} lists a file named ${JSON.stringify(path)}, which would lie outside its folder.`,
    'Do not use this repository unless you know why.',
  )
}

function licenceOf(card: z.infer<typeof cardSchema>): string | null {
  const licence = card?.license
  if (licence == null) return null
  const said = Array.isArray(licence) ? licence.join(', ') : licence
  return said === 'other' ? (card?.license_name ?? said) : said
}

/** The hub answers for a closed gate as for a repository that does not exist; here it is known to be a gate. */
function aboutGate(gated: boolean, id: string, problem: StudioError | undefined): StudioError | undefined {
  if (!gated || problem?.code !== 'forbidden') return problem
  return new StudioError(
    'forbidden',
    `${id} is gated: its owner wants to be asked before anybody downloads it.`,
    'Accept its conditions on its page on the hub, and add an access token in Settings of the account that did.',
  )
}

async function problemOf(
  client: HubClient,
  view: Pick<RepositoryView, 'kind' | 'id' | 'revision' | 'taken'>,
  files: readonly HubFile[],
): Promise<StudioError | undefined> {
  try {
    if (view.kind === 'dataset') await checkDataset(client, view)
    else await checkModel(client, view, files)
    return undefined
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
}

/** What the files' names and config.json tell, before gigabytes are fetched. */
async function checkModel(
  client: HubClient,
  view: Pick<RepositoryView, 'kind' | 'id' | 'revision' | 'taken'>,
  files: readonly HubFile[],
): Promise<void> {
  const { id, taken } = view
  const has = (pattern: RegExp) => taken.some(({ path }) => pattern.test(path))
  if (!has(/\.safetensors$/)) {
    const named = (pattern: RegExp) => files.find(({ path }) => pattern.test(path))?.path
    const gguf = named(/\.gguf$/i)
    const pickle = named(/\.(bin|pt|pth|ckpt)$/i)
    if (gguf !== undefined && pickle === undefined) throw refusedGguf(id, gguf)
    if (pickle !== undefined) throw refusedPickle(id, pickle)
    throw new StudioError(
      'not-found',
      `${id} holds no model.safetensors.`,
      'Choose a repository of a whole model; adapters are opened on top of their base model.',
    )
  }
  if (!has(/^config\.json$/))
    throw new StudioError(
      'not-found',
      `${id} has no config.json.`,
      'Choose a repository in the layout of transformers.',
    )
  const config = await configOf(client, view)
  refuseQuantizedConfig(id, config)
  readModel(config)
  if (!has(/^tokenizer\.json$/))
    throw new StudioError(
      'not-found',
      `${id} has no tokenizer.json.`,
      'Look for a version of the model with a fast tokenizer.',
    )
}

async function checkDataset(
  client: HubClient,
  view: Pick<RepositoryView, 'kind' | 'id' | 'revision' | 'taken'>,
): Promise<void> {
  const first = view.taken[0]
  if (first === undefined)
    throw new StudioError(
      'unsupported',
      `${view.id} holds no JSONL, JSON, CSV, TSV, Parquet or text files.`,
      'The hub may have a converted copy: try the revision refs/convert/parquet.',
    )
  const response = await client.fetch(fileUrl(client, view, first.path), { headers: { range: 'bytes=0-0' } })
  await response.body?.cancel()
  if (!response.ok) throw refusedByHub(view.id, response.status)
}

async function configOf(
  client: HubClient,
  view: Pick<RepositoryView, 'kind' | 'id' | 'revision' | 'taken'>,
): Promise<Record<string, unknown>> {
  const url = fileUrl(client, view, 'config.json')
  const response = await client.fetch(url)
  if (!response.ok) {
    await response.body?.cancel()
    throw refusedByHub(view.id, response.status)
  }
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(new URL(url), error)
  })
  const config = objectSchema.safeParse(text)
  if (config.success) return config.data
  throw new StudioError('bad-file', `config.json of ${view.id} is not a JSON object.`, 'Tell its owner.')
}
