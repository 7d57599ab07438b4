/** What both shells answer to a page beside the calls of the contract: its own files, uploads and downloads. */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { type ErrorCode, messageOf, StudioError } from '../../engine/errors.ts'
import type { Host } from '../host/host.ts'
import { pageFile } from './page-files.ts'
import { securityHeaders } from './security-headers.ts'

export interface Served {
  readonly host: Pick<Host, 'uploads' | 'downloads'>
  /** Folder of the built page. */
  readonly pages: string
}

export type AnswerRequest = (request: Request) => Promise<Response>

const statuses: Partial<Record<ErrorCode, number>> = { 'bad-argument': 400, 'not-found': 404, disk: 507 }
const neverStored = { 'cache-control': 'no-store' }

/** Who asks has been checked before. */
export function answersTo(served: Served): AnswerRequest {
  return async (request) => {
    const nonce = randomBytes(16).toString('base64')
    const response = await answer(served, request, nonce).catch(refusal)
    for (const [name, value] of Object.entries(securityHeaders(nonce))) response.headers.set(name, value)
    return response
  }
}

/** How a failure is told to a page: the same three parts as failures of the contract. */
export function refusal(error: unknown): Response {
  if (error instanceof StudioError) {
    const { code, message, hint } = error
    return Response.json({ code, message, hint }, { status: statuses[code] ?? 400, headers: neverStored })
  }
  console.error(error)
  const hint = 'This is a defect of PEFT Studio; please report it with the log.'
  const failure = { code: 'internal', message: messageOf(error), hint }
  return Response.json(failure, { status: 500, headers: neverStored })
}

async function answer({ host, pages }: Served, request: Request, nonce: string): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname === '/upload') {
    demandMethod(request, 'POST')
    return await upload(host, request, searchParams.get('name') ?? '')
  }
  demandMethod(request, 'GET', 'HEAD')
  // Asked by a page whose socket was refused: whether its session is still good.
  if (pathname === '/session') return new Response(null, { status: 204, headers: neverStored })
  const [, ticket] = /^\/download\/([0-9a-f-]+)$/.exec(pathname) ?? []
  if (ticket !== undefined) return await download(host, ticket)
  const file = await pageFile(pages, pathname, nonce)
  if (file === undefined) {
    throw new StudioError(
      'not-found',
      `There is nothing at ${pathname}.`,
      'Open the first page of the studio.',
    )
  }
  return new Response(request.method === 'HEAD' ? null : file.body, { headers: { ...file.headers } })
}

function demandMethod(request: Request, ...allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return
  throw new StudioError('bad-argument', `${request.method} is not answered here.`, `Use ${allowed[0]}.`)
}

async function upload(host: Served['host'], request: Request, name: string): Promise<Response> {
  if (request.body === null) {
    throw new StudioError('bad-argument', 'No file came with the upload.', 'Choose the file again.')
  }
  const content = Readable.fromWeb(request.body as WebStream<Uint8Array>)
  const announced = Number(request.headers.get('content-length') ?? 0)
  const received = await host.uploads.receive(name, content, announced, request.signal)
  return Response.json(received, { headers: neverStored })
}

async function download(host: Served['host'], ticket: string): Promise<Response> {
  const offer = host.downloads.take(ticket)
  if (offer === undefined) {
    throw new StudioError('not-found', 'This download was fetched already or is too old.', 'Export it again.')
  }
  const body = Readable.toWeb(await offer.open()) as ReadableStream<Uint8Array<ArrayBuffer>>
  const headers = {
    ...neverStored,
    'content-type': offer.type,
    'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(offer.name)}`,
  }
  return new Response(body, { headers })
}

/** As RFC 8187 wants it: what encodeURIComponent leaves but an attribute value may not hold. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}
