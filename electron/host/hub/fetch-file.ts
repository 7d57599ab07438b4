/** Downloads one file so that it can be broken off at any moment and goes on later, and only whole files count. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskError, StudioError } from '../../../engine/errors.ts'
import { isSystemError } from '../../../engine/files/atomic.ts'
import type { HubClient } from './hub-client.ts'
import { refusedByHub, unreachable } from './hub-client.ts'

/** What the content of a file must hash to: SHA-256 of large files, the git object id of small ones. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'git-sha1'
  readonly value: string
}

export interface WantedFile {
  /** For messages. */
  readonly name: string
  readonly url: string
  readonly bytes: number
  readonly checksum: Checksum | null
  /** Where it shall be; while it is incomplete it is called `<target>.part`. */
  readonly target: string
}

export interface FetchOptions {
  readonly signal: AbortSignal
  /** Bytes of the file that are here. */
  onProgress(bytes: number): void
  /** Waits between attempts that got nothing; their number is the patience. */
  readonly retryAfterMs?: readonly number[]
}

const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000]

export const partOf = (target: string): string => `${target}.part`

/**
 * Fetches what is missing of a file, goes on after broken connections, checks size and checksum, and gives the file its name.
 * @throws StudioError `network`, `forbidden`, `not-found`, `bad-file` (wrong content twice), `disk`; what `signal` aborts with
 */
export async function fetchFile(client: HubClient, file: WantedFile, options: FetchOptions): Promise<void> {
  if ((await sizeOf(file.target)) === file.bytes) return options.onProgress(file.bytes)
  await mkdir(dirname(file.target), { recursive: true }).catch((error: unknown) => {
    throw diskError('create', dirname(file.target), error)
  })
  if (await attempt(client, file, options)) return
  // Damage may come from a part that was left by an older attempt; a fresh start decides.
  if (await attempt(client, file, options)) return
  throw new StudioError(
    'bad-file',
    `${file.name} does not arrive as the hub describes it: its checksum is wrong, twice.`,
    'Something between here and the hub changes the file (a proxy, a full disk). Nothing of it was kept; try again later.',
  )
}

/** @returns whether the content is right; a wrong one is deleted */
async function attempt(client: HubClient, file: WantedFile, options: FetchOptions): Promise<boolean> {
  const part = partOf(file.target)
  const hash = hashFor(file)
  try {
    await fetchParts(client, file, hash, options)
    if (file.checksum !== null && hash.digest('hex') !== file.checksum.value) {
      await rm(part, { force: true })
      return false
    }
    await rename(part, file.target)
    return true
  } catch (error) {
    throw isSystemError(error) ? diskError('write', part, error) : error
  }
}

/** Leaves the whole file in `.part`, its content fed into `hash`. */
async function fetchParts(
  client: HubClient,
  file: WantedFile,
  hash: Hashing,
  options: FetchOptions,
): Promise<void> {
  const handle = await open(partOf(file.target), 'a+')
  try {
    let present = await resumable(handle, file, hash)
    options.onProgress(present)
    const patience = options.retryAfterMs ?? RETRY_AFTER_MS
    for (let failures = 0; present < file.bytes; ) {
      options.signal.throwIfAborted()
      try {
        const before = present
        present = await fetchRest(client, file, handle, hash, present, options)
        if (present > before) failures = 0
        if (present < file.bytes) throw unreachable(new URL(file.url), new Error('the connection was cut'))
      } catch (error) {
        options.signal.throwIfAborted()
        const now = (await handle.stat()).size
        if (now > present) failures = 0
        present = now
        const wait = patience[failures]
        if (!(error instanceof StudioError) || error.code !== 'network' || wait === undefined) throw error
        failures += 1
        await sleep(wait, undefined, { signal: options.signal })
      }
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What is here already, fed into `hash`; more than the whole file can only be something else. */
async function resumable(handle: FileHandle, { bytes, target }: WantedFile, hash: Hashing): Promise<number> {
  const { size } = await handle.stat()
  if (size > bytes) {
    await handle.truncate(0)
    return 0
  }
  if (size > 0) for await (const chunk of createReadStream(partOf(target))) hash.update(chunk)
  return size
}

/** One request for the rest; returns how much is here when the answer ends. */
async function fetchRest(
  client: HubClient,
  file: WantedFile,
  handle: FileHandle,
  hash: Hashing,
  from: number,
  { onProgress }: FetchOptions,
): Promise<number> {
  const response = await client.fetch(file.url, from === 0 ? {} : { headers: { range: `bytes=${from}-` } })
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    throw refusedByHub(file.name, response.status)
  }
  let present = from
  // A server that does not know ranges sends everything again.
  if (from > 0 && !continues(response, from)) {
    await handle.truncate(0)
    hash.reset()
    present = 0
  }
  const reader = response.body.getReader()
  try {
    while (present < file.bytes) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw unreachable(new URL(file.url), error)
      })
      if (done) break
      const piece = value.subarray(0, file.bytes - present)
      await handle.appendFile(piece)
      hash.update(piece)
      present += piece.length
      onProgress(present)
    }
  } finally {
    await reader.cancel().catch(() => {}) // the connection may be the very thing that broke
  }
  return present
}

function continues(response: Response, from: number): boolean {
  return response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${from}-`)
}

interface Hashing {
  update(bytes: Uint8Array | string | Buffer): void
  reset(): void
  digest(encoding: 'hex'): string
}

function hashFor({ checksum, bytes }: WantedFile): Hashing {
  const start = (): Hash =>
    checksum?.algorithm === 'git-sha1' ? createHash('sha1').update(`blob ${bytes}\0`) : createHash('sha256')
  let hash = start()
  return {
    update: (piece) => void hash.update(piece),
    reset: () => {
      hash = start()
    },
    digest: (encoding) => hash.digest(encoding),
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size
}
