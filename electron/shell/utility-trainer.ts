/** Trainer processes of the desktop application, where Node's own child processes do not exist. */
import { fileURLToPath } from 'node:url'
import { type UtilityProcess, utilityProcess } from 'electron'
import { processFlags } from '../../engine/train/process-flags.ts'
import type { SpawnTrainer } from '../host/spawn-trainer.ts'
import { acknowledgement } from '../trainer-channel.ts'

const entry = fileURLToPath(new URL('../trainer-process.ts', import.meta.url))

export const utilityTrainer: SpawnTrainer = (args, listeners) => {
  const child = utilityProcess.fork(entry, [...args], {
    execArgv: [...processFlags],
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'PEFT Studio trainer',
  })
  let ended = false
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', listeners.output)
  }
  child.on('message', (raw) => {
    listeners.message(raw)
    if (!ended) child.postMessage(acknowledgement)
  })
  return {
    get pid() {
      return child.pid
    },
    end: new Promise((resolve) => {
      child.once('exit', (code) => {
        ended = true
        resolve({ code, signal: null })
      })
    }),
    send(message) {
      if (!ended) child.postMessage(message)
    },
    kill() {
      if (child.pid === undefined) child.once('spawn', () => killNow(child))
      else if (!ended) killNow(child)
    },
  }
}

/** `child.kill()` asks; a process in a long native call would not hear it. */
function killNow({ pid }: UtilityProcess): void {
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
}
