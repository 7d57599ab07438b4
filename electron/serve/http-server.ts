/** The studio over HTTP and WebSocket: every request is checked, then answered as in the desktop application. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Host } from '../host/host.ts'
import { router } from '../host/router.ts'
import { answersTo, refusal } from './answer-request.ts'
import { closedDoor, openedDoor } from './closed-door.ts'
import { listenOn } from './listen.ts'
import { send, toRequest } from './node-http.ts'
import { namesOf, strangerBy } from './requester.ts'
import { openSession, type Session } from './session.ts'

/** One message of a page, e.g. rows pasted into a dataset; files come as uploads. */
const maxMessageBytes = 64 * 1024 * 1024

export interface HttpServer {
  /** The address to open, with its token. */
  readonly url: string
  readonly port: number
  /** An address that opens the studio once. */
  admission(): string
  /** Ends all connections. */
  close(): Promise<void>
}

export interface HttpServerOptions {
  readonly host: Host
  /** Folder of the built page. */
  readonly pages: string
  readonly address: string
  /** 0 = any that is free. */
  readonly port: number
}

/** @throws StudioError `bad-argument` when the address or port cannot be had */
export async function openHttpServer({ host, pages, address, port }: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 0 })
  const actualPort = await listenOn(server, address, port)
  const origin = `http://${address.includes(':') ? `[${address}]` : address}:${actualPort}`
  const session = openSession(actualPort)
  const names = namesOf(address)
  const answer = answersTo({ host, pages })

  /** Why a request is not let in; undefined lets it in. */
  const refused = ({ headers }: IncomingMessage): Response | undefined => {
    const stranger = strangerBy(headers, names)
    if (stranger !== undefined) return closedDoor(403, stranger)
    if (!session.isOpenIn(headers.cookie))
      return closedDoor(401, 'This browser has not opened the studio yet.')
    return undefined
  }

  server.on('request', async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    try {
      const request = toRequest(incoming, origin)
      const response =
        request === undefined
          ? closedDoor(400, 'This is no request.')
          : (entering(session, names, incoming, request) ?? refused(incoming) ?? (await answer(request)))
      await send(response, outgoing)
    } catch (error) {
      if (!outgoing.headersSent) await send(refusal(error), outgoing)
      else console.error(error)
    }
  })
  const closeSockets = acceptSockets(server, host, refused)
  return {
    url: `${origin}/?token=${session.token}`,
    port: actualPort,
    admission: () => `${origin}/?token=${session.admission()}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      closeSockets()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The printed address: its token opens the session. */
function entering(
  session: Session,
  names: readonly string[] | undefined,
  { headers, method }: IncomingMessage,
  request: Request,
): Response | undefined {
  const { pathname, searchParams } = new URL(request.url)
  const token = searchParams.get('token')
  if (pathname !== '/' || token === null || method !== 'GET') return undefined
  if (strangerBy(headers, names) !== undefined || !session.accepts(token)) return undefined
  return openedDoor(session.cookie, headers['sec-fetch-site'] === 'cross-site')
}

/** Calls of the contract come over a WebSocket at `/rpc`. */
function acceptSockets(
  server: Server,
  host: Host,
  refused: (incoming: IncomingMessage) => Response | undefined,
): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes })
  const handler = new RPCHandler(router)
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const no = incoming.url === '/rpc' ? socketRefused(incoming, refused) : 404
    if (no !== undefined) {
      socket.end(`HTTP/1.1 ${no} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(incoming, socket, head, (webSocket: WebSocket) => {
      webSocket.on('error', () => webSocket.terminate())
      void handler.upgrade(webSocket, { context: { host } })
    })
  })
  return () => {
    for (const webSocket of sockets.clients) webSocket.terminate()
  }
}

function socketRefused(
  incoming: IncomingMessage,
  refused: (incoming: IncomingMessage) => Response | undefined,
): number | undefined {
  // A browser always names its page here; whatever does not is asked to.
  if (incoming.headers.origin === undefined) return 403
  return refused(incoming)?.status
}
