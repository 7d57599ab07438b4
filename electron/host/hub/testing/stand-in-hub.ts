/** A small hub on 127.0.0.1 for tests: the answers of the real one's API, ranges, gated repositories, and faults on demand. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StandInRepository {
  readonly kind: 'model' | 'dataset'
  readonly id: string
  readonly files: Readonly<Record<string, Buffer>>
  readonly licence?: string
  readonly gated?: 'auto' | 'manual'
  /** Sizes the listing gives instead of the true ones. */
  readonly claims?: Readonly<Record<string, number>>
  /** The commit; branches lead to it. */
  readonly revision?: string
}

/** What goes wrong with the next answers that send the content of a large file. */
export interface Faults {
  /** Cuts the connection after so many bytes, for so many answers. */
  cut?: { readonly afterBytes: number; answers: number }
  /** Changes a byte of the file, for so many answers. */
  corrupt?: { answers: number }
  /** Sends the whole file whatever range is asked for. */
  ignoreRanges?: boolean
  /** Sends a part and then waits for ever. */
  stallAfterBytes?: number
}

export interface Seen {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

export interface StandInHub {
  readonly endpoint: string
  readonly seen: Seen[]
  faults: Faults
  put(repository: StandInRepository): void
  close(): Promise<void>
}

/** Files at least this large are LFS objects, as on the hub. */
const LFS_BYTES = 1_000
const TOKEN = 'hf_standin'
const REVISION = '0123456789abcdef0123456789abcdef01234567'

export async function openStandInHub(): Promise<StandInHub> {
  const repositories = new Map<string, StandInRepository>()
  const objects = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const hub: StandInHub = {
    endpoint: `http://127.0.0.1:${port}`,
    seen: [],
    faults: {},
    put(repository) {
      repositories.set(`${repository.kind}s/${repository.id}`, repository)
      for (const content of Object.values(repository.files)) objects.set(sha256(content), content)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  function answer(request: IncomingMessage, response: ServerResponse): unknown {
    const url = new URL(request.url ?? '/', hub.endpoint)
    const path = decodeURIComponent(url.pathname)
    const { range, authorization } = request.headers
    hub.seen.push({ path, range, authorization })
    const authorized = authorization === `Bearer ${TOKEN}`
    if (path === '/api/whoami-v2')
      return authorized ? json(response, { type: 'user', name: 'tester' }) : response.writeHead(401).end()
    const object = /^\/cdn\/(\w+)$/.exec(path)?.[1]
    if (object !== undefined) return sendContent(response, objects.get(object)!, range, hub.faults)
    const api = /^\/api\/(models|datasets)\/(.+?)\/(revision|tree)\/([^/]+)$/.exec(path)
    if (api !== null) {
      const repository = repositories.get(`${api[1]}/${api[2]}`)
      if (repository === undefined) return response.writeHead(401).end()
      return api[3] === 'tree' ? json(response, tree(repository)) : json(response, info(repository))
    }
    const file = /^\/(datasets\/)?([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path)
    const repository = repositories.get(`${file?.[1] ?? 'models/'}${file?.[2]}`)
    const content = repository?.files[file?.[4] ?? '']
    if (repository === undefined || content === undefined) return response.writeHead(404).end()
    if (repository.gated !== undefined && !authorized)
      return response.writeHead(authorization === undefined ? 401 : 403).end()
    if (content.length < LFS_BYTES) return sendContent(response, content, range, {})
    // Large files come from another host, which must not see the token.
    response.writeHead(302, { location: `http://localhost:${port}/cdn/${sha256(content)}` }).end()
  }

  function sendContent(
    response: ServerResponse,
    whole: Buffer,
    range: string | undefined,
    faults: Faults,
  ): void {
    const content = faults.corrupt && faults.corrupt.answers-- > 0 ? flipped(whole) : whole
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
    const ranged = from !== undefined && faults.ignoreRanges !== true
    const body = ranged ? content.subarray(Number(from), to ? Number(to) + 1 : undefined) : content
    response.writeHead(ranged ? 206 : 200, {
      'content-length': body.length,
      ...(ranged
        ? { 'content-range': `bytes ${from}-${Number(from) + body.length - 1}/${whole.length}` }
        : {}),
    })
    if (faults.cut && faults.cut.answers > 0 && body.length > faults.cut.afterBytes) {
      faults.cut.answers -= 1
      response.write(body.subarray(0, faults.cut.afterBytes), () => response.destroy())
    } else if (faults.stallAfterBytes !== undefined && body.length > faults.stallAfterBytes) {
      response.write(body.subarray(0, faults.stallAfterBytes))
    } else response.end(body)
  }
  return hub
}

function info({ id, licence, gated, revision }: StandInRepository) {
  return {
    ...{ _id: '1', id, private: false, downloads: 0, likes: 0, lastModified: '2026-01-01T00:00:00Z' },
    ...{ gated: gated ?? false, sha: revision ?? REVISION },
    cardData: licence === undefined ? {} : { license: licence },
  }
}

function tree({ files, claims }: StandInRepository) {
  return Object.entries(files).map(([path, content]) => ({
    ...{ type: 'file', path, size: content.length },
    oid: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
    ...(content.length < LFS_BYTES
      ? {}
      : { lfs: { oid: sha256(content), size: claims?.[path] ?? content.length, pointerSize: 130 } }),
  }))
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function flipped(content: Buffer): Buffer {
  const copy = Buffer.from(content)
  copy[Math.floor(copy.length / 2)]! ^= 1
  return copy
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
