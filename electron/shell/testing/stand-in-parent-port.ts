/** Loaded before a trainer that plays a utility process: gives it `process.parentPort` and takes `process.send` away. */
import { EventEmitter } from 'node:events'

const send = process.send?.bind(process)

class StandInParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    send?.(message, undefined, {}, () => {})
  }
}

const port = new StandInParentPort()
process.on('message', (data) => port.emit('message', { data }))
process.on('disconnect', () => process.exit(1))
Object.assign(process, { parentPort: port })
delete process.send
