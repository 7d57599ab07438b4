/** Trainer processes of plain Node: the headless studio and the command line. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { processFlags } from '../../engine/train/process-flags.ts'
import type { ProcessEnd, SpawnTrainer } from './spawn-trainer.ts'

const entry = fileURLToPath(new URL('../trainer-process.ts', import.meta.url))

export const forkTrainer: SpawnTrainer = (args, listeners) => {
  const child = fork(entry, [...args], {
    execArgv: [...processFlags],
    // Structured cloning: NaN and infinite losses arrive as what they are.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', listeners.output)
  child.on('message', listeners.message)
  return {
    pid: child.pid,
    end: ended(child),
    send: (message) => {
      if (child.connected) child.send(message, () => {})
    },
    kill: () => child.kill('SIGKILL'),
  }
}

/** `close` comes after the pipes have been read; the channel may still hold messages until `disconnect`. */
async function ended(child: ChildProcess): Promise<ProcessEnd> {
  const disconnected = child.connected ? once(child, 'disconnect') : undefined
  const [code, signal] = await once(child, 'close')
  await disconnected
  return { code, signal }
}
