/** A page of the desktop application that asks for its port, as preload.ts does for it. */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { StudioClient } from '../../contract.ts'
import type { StandIn } from './start-desktop.ts'

/** The main process's end as Electron shapes it: an emitter of events with `data`, not an event target. */
export class StandInPortMain extends EventEmitter {
  readonly #port: MessagePort
  closed = false

  constructor(port: MessagePort) {
    super()
    this.#port = port
    port.on('close', () => {
      this.closed = true
      this.emit('close')
    })
  }
  start = (): void => {
    this.#port.on('message', (data) => this.emit('message', { data, ports: [] }))
  }
  postMessage = (message: unknown): void => this.#port.postMessage(message)
  close = (): void => this.#port.close()
}

export interface PagePort {
  readonly client: StudioClient
  readonly main: StandInPortMain
  /** The page goes away: closed, reloaded or crashed. */
  leave(): void
}

export function connectPage(
  { ipcMain }: StandIn,
  senderFrame: { url: string; parent: unknown } | null = { url: 'app://studio/', parent: null },
): PagePort {
  const { port1, port2 } = new MessageChannel()
  const main = new StandInPortMain(port1)
  ipcMain.emit('studio:connect', { senderFrame, ports: [main] }, null)
  port2.start()
  const link = new RPCLink({ port: port2 })
  return { client: createORPCClient(link), main, leave: () => port2.close() }
}
