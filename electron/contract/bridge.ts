/** What the preload script of the desktop application gives a page, besides a port to the host. */

/** A page asks for a port to the host with this message to its own window. */
export type ConnectMessage = 'studio:connect'
/** The answer: a message to the same window, with the port. */
export type PortMessage = 'studio:port'

/** `window.studio`, present in the desktop application only. */
export interface StudioBridge {
  /** Path of a file that the person dropped or picked, `''` when it is not on a disk. */
  pathOf(file: File): string
}
