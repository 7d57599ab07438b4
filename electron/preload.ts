/** The only code between page and application: it hands the page a port to the host, and knows where dropped files lie. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { ConnectMessage, PortMessage, StudioBridge } from './contract/bridge.ts'

const connect: ConnectMessage = 'studio:connect'
const port: PortMessage = 'studio:port'

window.addEventListener('message', ({ source, data }) => {
  if (source !== window || data !== connect) return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage(connect, null, [port1])
  window.postMessage(port, window.location.origin, [port2])
})

const bridge: StudioBridge = { pathOf: (file) => webUtils.getPathForFile(file) }
contextBridge.exposeInMainWorld('studio', bridge)
