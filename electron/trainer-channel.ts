/** How a trainer process talks with its host: Node's own channel, or the port of an Electron utility process. */
import type { FromTrainer } from './host/trainer-messages.ts'

export interface TrainerChannel {
  listen(heard: (raw: unknown) => void): void
  /** Resolves when there is room for more, so a fast job cannot fill the memory with unheard events. */
  send(message: FromTrainer): Promise<void>
  /** Resolves when nothing that was sent can be lost by ending this process. */
  flush(): Promise<void>
}

/** What of Electron's `process.parentPort` is used. */
export interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  postMessage(message: unknown): void
}

/** What the host answers to each message over a port, which cannot tell by itself when it has been read. */
export const acknowledgement = 'heard'

/** More unheard messages than these make the job wait. */
const mostUnheard = 64

export function openTrainerChannel(port: ParentPort | undefined = process.parentPort): TrainerChannel {
  return port === undefined ? nodeChannel() : portChannel(port)
}

function nodeChannel(): TrainerChannel {
  // The host is gone: nobody would record what happens from here on, and the last checkpoint is on the disk.
  process.on('disconnect', () => process.exit(1))
  return {
    listen: (heard) => process.on('message', heard),
    send: (message) =>
      new Promise((resolve, reject) => {
        process.send?.(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
      }),
    flush: async () => {}, // what `send` has resolved has left this process
  }
}

function portChannel(port: ParentPort): TrainerChannel {
  let unheard = 0
  const waiting = new Set<() => void>()
  const untilUnheard = async (atMost: number) => {
    while (unheard > atMost) await new Promise<void>((resolve) => waiting.add(resolve))
  }
  return {
    listen: (heard) =>
      port.on('message', ({ data }) => {
        if (data !== acknowledgement) return heard(data)
        unheard -= 1
        for (const wake of waiting) wake()
        waiting.clear()
      }),
    async send(message) {
      await untilUnheard(mostUnheard)
      unheard += 1
      port.postMessage(message)
    },
    flush: () => untilUnheard(0),
  }
}
