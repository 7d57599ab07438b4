/** What Electron's preload adds to the page; absent in a browser tab. */
interface Window {
  readonly studio?: import('../../electron/contract/bridge.ts').StudioBridge
}
