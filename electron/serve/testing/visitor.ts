/** A visitor of the headless studio for tests: signs in as a browser does, asks, and opens sockets. */
import { once } from 'node:events'
import { request } from 'node:http'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { StudioClient } from '../../contract.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Headless, startHeadless } from '../start-headless.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export async function openStudio(options: Parameters<typeof startHeadless>[0] = {}): Promise<Headless> {
  const studio = await startHeadless({ dataDir: temporaryFolder(), ...options })
  onTestFinished(() => studio.close())
  return studio
}

/** A request as it is written here: paths are not tidied, any header can be set. */
export async function ask(
  { port }: { port: number },
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, setDefaultHeaders: true })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part)
  return { status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString('utf8') }
}

/** @returns the cookie that the printed address gives */
export async function signIn(studio: { port: number; url: string }): Promise<string> {
  const { pathname, search } = new URL(studio.url)
  const { headers } = await ask(studio, pathname + search)
  const [cookie = ''] = headers['set-cookie'] ?? []
  return cookie.split(';')[0] ?? ''
}

/** Opens a socket; rejects with the status when it is refused. */
export async function openSocket(
  { port }: { port: number },
  headers: Readonly<Record<string, string>>,
  path = '/rpc',
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, { statusCode }) => reject(new Error(`${statusCode}`)))
    socket.once('error', reject)
  })
  return socket
}

export interface Visitor {
  readonly client: StudioClient
  readonly socket: WebSocket
}

/** A page that has signed in and is connected. */
export async function visit(studio: { port: number; url: string }): Promise<Visitor> {
  const origin = `http://127.0.0.1:${studio.port}`
  const socket = await openSocket(studio, { cookie: await signIn(studio), origin })
  // `ws` implements what the link uses of a browser's socket.
  const link = new RPCLink({
    websocket: socket as Pick<
      globalThis.WebSocket,
      'addEventListener' | 'removeEventListener' | 'send' | 'readyState'
    >,
  })
  return { client: createORPCClient(link), socket }
}
