/** Gives each page that asks a port of its own to the host, and nobody else. */
import { RPCHandler } from '@orpc/server/message-port'
import { type IpcMainEvent, ipcMain } from 'electron'
import type { ConnectMessage } from '../contract/bridge.ts'
import type { Host } from '../host/host.ts'
import { router } from '../host/router.ts'
import { isOwnPage } from './app-origin.ts'

const connect: ConnectMessage = 'studio:connect'

/** A port ends with its page: a reload, a crash or a closed window ends what was being streamed to it. */
export function offerPorts(host: Host): void {
  const handler = new RPCHandler(router)
  ipcMain.on(connect, (event) => {
    const [port, ...others] = event.ports
    if (port === undefined) return
    if (others.length > 0 || !isOwnMainFrame(event)) {
      for (const refused of event.ports) refused.close()
      return
    }
    handler.upgrade(port, { context: { host } })
    port.start()
  })
}

function isOwnMainFrame({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url)
}
