/** Between Node's HTTP server and the `Request`/`Response` that both shells answer with. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'

/**
 * @param origin where the server is
 * @returns undefined when the request line is no path
 */
export function toRequest(incoming: IncomingMessage, origin: string): Request | undefined {
  const { url = '', method = 'GET' } = incoming
  // As text: resolved against the origin, `//elsewhere` would be another host.
  if (!url.startsWith('/') || !URL.canParse(origin + url)) return undefined
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  const closed = new AbortController()
  incoming.once('close', () => incoming.complete || closed.abort())
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null
  // Streamed bodies need `duplex`, which the types of browsers do not know yet.
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body,
    duplex: 'half',
    signal: closed.signal,
  }
  return new Request(origin + url, init)
}

/** Sends an answer; a reader that leaves in the middle ends the stream behind it. */
export async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  // The reader has gone meanwhile.
  if (outgoing.destroyed) return void (await response.body?.cancel())
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body === null) {
    outgoing.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(response.body as WebStream<Uint8Array>), outgoing)
  } catch (error) {
    // The status is out already: a connection cut short tells the reader that the file is not whole.
    outgoing.destroy()
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}
