/** The connection to the host: a typed client that outlives broken wires, and the feed of what changed. */
import { type ClientLink, createORPCClient, getEventMeta } from '@orpc/client'
import { getContext, setContext } from 'svelte'
import type { Change } from '../../electron/contract/system.ts'
import type { StudioClient } from '../../electron/contract.ts'
import { openWire, SessionRefused, type Wire, type WireContext } from './connect.ts'

export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused'

interface Position {
  /** Of the last item that was seen. */
  readonly lastEventId?: string
  readonly signal: AbortSignal
}

const firstRetryMs = 200
const slowestRetryMs = 3_000

export class Studio {
  state = $state<ConnectionState>('connecting')
  readonly client: StudioClient
  #wire: Promise<Wire>
  readonly #listeners = new Set<(change: Change | 'all') => void>()
  #ended = false

  constructor() {
    const link: ClientLink<WireContext> = {
      call: async (path, input, options) => (await this.#wire).link.call(path, input, options),
    }
    this.client = createORPCClient(link)
    this.#wire = this.#connect()
    void this.#followChanges()
  }

  /** Tells of every change in the studio's data; `all` after a time without connection. */
  onChange(listener: (change: Change | 'all') => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Follows a stream until `signal` aborts; after a broken wire it joins again behind the last item seen.
   * @param open starts the stream; pass `position` on as the call's options
   */
  async *follow<T>(
    open: (position: Position) => Promise<AsyncIterable<T>>,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    let lastEventId: string | undefined
    while (!signal.aborted) {
      try {
        const stream = await open({ signal, ...(lastEventId === undefined ? {} : { lastEventId }) })
        for await (const item of stream) {
          lastEventId = metaId(item) ?? lastEventId
          yield item
        }
        return
      } catch (error) {
        if (signal.aborted) return
        // An answer of the host is final; without one the wire broke.
        if (typeof error === 'object' && error !== null && 'data' in error && error.data !== undefined)
          throw error
        await this.#reopened(signal)
      }
    }
  }

  end(): void {
    this.#ended = true
  }

  async #connect(): Promise<Wire> {
    for (let pause = firstRetryMs; ; pause = Math.min(pause * 2, slowestRetryMs)) {
      try {
        const wire = await openWire()
        this.state = 'open'
        void wire.closed.then(() => this.#lost())
        return wire
      } catch (error) {
        // The host is not there (yet), or restarted: the status bar says so while this goes on trying.
        if (error instanceof SessionRefused) this.state = 'refused'
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  #lost(): void {
    if (this.#ended) return
    this.state = 'lost'
    this.#wire = this.#connect()
    void this.#wire.then(() => this.#tell('all'))
  }

  async #reopened(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, firstRetryMs))
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await Promise.race([this.#wire, aborted])
  }

  async #followChanges(): Promise<void> {
    const forever = new AbortController().signal
    for await (const change of this.follow(
      (position) => this.client.system.changes(undefined, position),
      forever,
    ))
      this.#tell(change)
  }

  #tell(change: Change | 'all'): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}

function metaId(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null ? getEventMeta(item)?.id : undefined
}

const key = Symbol('studio')

export function provideStudio(): Studio {
  return setContext(key, new Studio())
}

export function useStudio(): Studio {
  return getContext<Studio>(key)
}
