/** A page seen from the application: what it tries to do is tried by the test. */
import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

export class StandInContents extends EventEmitter {
  readonly loaded: string[] = []
  reloads = 0
  crashed = false
  openHandler: OpenHandler = () => ({ action: 'allow' })
  readonly #window: EventEmitter

  constructor(window: EventEmitter) {
    super()
    this.#window = window
  }

  setWindowOpenHandler = (handler: OpenHandler): void => {
    this.openHandler = handler
  }
  isCrashed = (): boolean => this.crashed
  reload = (): void => {
    this.reloads += 1
    this.crashed = false
  }
  loadURL = async (url: string): Promise<void> => {
    this.loaded.push(url)
    await turn()
    this.#window.emit('ready-to-show')
  }
}
