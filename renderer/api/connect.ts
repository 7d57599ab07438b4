/** The wire to the host: a MessagePort that Electron's preload hands over, or a WebSocket to the headless server. */
import type { ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'

export type WireContext = Record<never, never>

export interface Wire {
  readonly link: ClientLink<WireContext>
  /** Settles when the wire has broken. */
  readonly closed: Promise<void>
}

/** The host answers, but does not know this window any more: it was restarted and printed a new address. */
export class SessionRefused extends Error {}

/** Whether the page runs inside the desktop shell, whose preload answers with a port. */
export const inDesktop = (): boolean => window.studio !== undefined

/** Opens a wire to the host. @throws when the host does not answer */
export function openWire(): Promise<Wire> {
  return inDesktop() ? openPort() : openSocket()
}

function openSocket(): Promise<Wire> {
  const url = new URL('/rpc', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const websocket = new WebSocket(url)
  const closed = new Promise<void>((resolve) => websocket.addEventListener('close', () => resolve()))
  return new Promise((resolve, reject) => {
    websocket.addEventListener('open', () => resolve({ link: new SocketLink({ websocket }), closed }))
    websocket.addEventListener('error', async () => {
      const session = await fetch('/session').catch(() => undefined)
      reject(session?.status === 401 ? new SessionRefused() : new Error('The studio does not answer.'))
    })
  })
}

function openPort(): Promise<Wire> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== 'studio:port' || port === undefined) return
      window.removeEventListener('message', receive)
      const closed = new Promise<void>((done) => port.addEventListener('close', () => done()))
      port.start()
      resolve({ link: new PortLink({ port }), closed })
    }
    window.addEventListener('message', receive)
    window.postMessage('studio:connect', window.location.origin)
  })
}
