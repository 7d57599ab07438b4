/** The one door to the hub: its address, the access token, and failures in words. */
import * as http from 'node:http'
import { messageOf, StudioError } from '../../../engine/errors.ts'

export interface HubClient {
  /** Without a slash at the end. */
  readonly endpoint: string
  /** Sends the token to the hub itself only; network failures come as StudioError `network`. */
  readonly fetch: typeof fetch
}

/**
 * @param endpoint of the hub, or of a server that stands in for it
 * @param token    undefined: public repositories only
 */
export function hubClient(endpoint: string, token: string | undefined, signal?: AbortSignal): HubClient {
  useProxies()
  const { origin, protocol, hostname } = new URL(endpoint)
  const confidential = protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  return {
    endpoint,
    async fetch(input, init = {}) {
      const url = new URL(input instanceof Request ? input.url : input)
      const headers = new Headers(init.headers)
      // Where a redirect leads to another host, fetch takes the header off by itself.
      if (token !== undefined && confidential && url.origin === origin)
        headers.set('authorization', `Bearer ${token}`)
      try {
        return await fetch(url, { ...init, headers, ...(signal === undefined ? {} : { signal }) })
      } catch (error) {
        signal?.throwIfAborted()
        throw unreachable(url, error)
      }
    },
  }
}

let proxiesAreUsed = false

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY hold for the hub, too, which is all that the host asks of the network. */
function useProxies(environment: NodeJS.ProcessEnv = process.env): void {
  const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => environment[name])
  if (proxiesAreUsed || !named) return
  // Absent in the Node of older Electrons.
  http.setGlobalProxyFromEnv?.()
  proxiesAreUsed = true
}

/** The library takes 50 ms to load, which a studio that does not go online need not wait for. */
export const hubLibrary = () => import('@huggingface/hub')

/** The setting, else HF_ENDPOINT, else the hub. @throws StudioError `bad-argument` for what is no address */
export async function hubEndpoint(
  setting: string | null,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const chosen = setting ?? (environment.HF_ENDPOINT || (await hubLibrary()).HUB_URL)
  const endpoint = chosen.replace(/\/+$/, '')
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint
  throw new StudioError(
    'bad-argument',
    `"${endpoint}" is not the address of a hub.`,
    'Give an address that begins with https://, in Settings or in HF_ENDPOINT.',
  )
}

/** Codes of Node's network errors, in words. */
const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known here: this machine may be offline',
  EAI_AGAIN: 'its name cannot be looked up: this machine may be offline',
  ECONNREFUSED: 'nothing answers at that address',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer in time',
  UND_ERR_SOCKET: 'the connection was cut',
  ENETUNREACH: 'this machine has no network',
}

/** What a failed connection means. */
export function unreachable(url: URL, error: unknown): StudioError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return new StudioError(
    'network',
    `${url.host} cannot be reached: ${networkReasons[code] ?? messageOf(cause)}.`,
    'Check the connection, and a proxy or firewall, then try again; what is already here works without a network.',
    { cause: error },
  )
}

/** Answers of the hub that mean the same for everything that is asked of it. */
const statuses: Readonly<
  Record<number, readonly [code: 'forbidden' | 'not-found' | 'network', why: string, hint: string]>
> = {
  401: [
    'forbidden',
    'it does not exist, or it is private or gated and asks for an access token',
    'Check the name; for a gated or private repository add your access token in Settings.',
  ],
  403: [
    'forbidden',
    'the access token has no permission for it',
    'Accept its conditions on its page on the hub, and check that the token may read it.',
  ],
  404: ['not-found', 'it does not exist there', 'Check the spelling of owner, name and revision.'],
  429: ['network', 'the hub asks to wait: too many requests', 'Wait a few minutes and try again.'],
}

/** @param what e.g. "meta/model" */
export function refusedByHub(what: string, status: number): StudioError {
  const known = statuses[status]
  if (known !== undefined) return new StudioError(known[0], `${what} cannot be read: ${known[1]}.`, known[2])
  return new StudioError(
    'network',
    `${what} cannot be read: the hub answered with status ${status}.`,
    status >= 500 ? 'The hub has trouble at the moment; try again later.' : 'Try again later.',
  )
}

/** Runs a call of the hub library; its failures become StudioErrors about `what`. */
export async function askHub<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const { HubApiError } = await hubLibrary()
    if (error instanceof HubApiError) throw refusedByHub(what, error.statusCode)
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new StudioError(
        'network',
        `The answer about ${what} is not one of a hub: ${messageOf(error)}.`,
        'Check the address of the hub in Settings; a login page of the network may have answered instead.',
      )
    throw error
  }
}
