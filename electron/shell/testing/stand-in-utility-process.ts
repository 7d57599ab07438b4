/** A utility process played by a real process of Node, whose channel looks to it like Electron's `parentPort`. */
import { type ChildProcess, fork, type Serializable } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'

const parentPort = fileURLToPath(new URL('./stand-in-parent-port.ts', import.meta.url))

export class StandInUtilityProcess extends EventEmitter {
  readonly options: { readonly serviceName?: string }
  readonly #child: ChildProcess

  constructor(path: string, args: string[], options: { serviceName?: string } = {}) {
    super()
    this.options = options
    this.#child = fork(path, args, {
      // V8's flags in `options.execArgv` have no effect in Electron, so they are left out.
      execArgv: ['--import', parentPort],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child.on('spawn', () => this.emit('spawn'))
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1))
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null ? this.#child.pid : undefined
  }
  get stdout() {
    return this.#child.stdout
  }
  get stderr() {
    return this.#child.stderr
  }
  postMessage(message: Serializable): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }
}
