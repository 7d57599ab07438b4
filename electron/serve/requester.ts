/** Whether a request comes from the studio's own page: against DNS rebinding and against other sites' pages. */
import type { IncomingHttpHeaders } from 'node:http'

/** Names a browser may have reached a studio by that listens on this machine only; the port may be a tunnel's. */
const loopbackNames: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/**
 * @param names host names the studio answers to; undefined = any, when the person opened it to the network
 * @returns why the request is refused, or undefined
 */
export function strangerBy(
  headers: IncomingHttpHeaders,
  names: readonly string[] | undefined,
): string | undefined {
  const host = urlOf(`http://${headers.host ?? ''}`)
  if (host === undefined || (names !== undefined && !names.includes(host.hostname))) {
    return 'The studio is not reached by this name.'
  }
  // Browsers send it with every request that can change something and with every WebSocket.
  if (headers.origin !== undefined && urlOf(headers.origin)?.host !== host.host) {
    return 'The request comes from the page of another site.'
  }
  const site = headers['sec-fetch-site'] ?? 'none'
  const opened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (site !== 'same-origin' && site !== 'none' && !opened) {
    return 'The request comes from the page of another site.'
  }
  return undefined
}

/** @param address what the studio listens on */
export function namesOf(address: string): readonly string[] | undefined {
  return loopbackNames.includes(address) || address === '::1' ? loopbackNames : undefined
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
