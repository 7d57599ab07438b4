/** How a process that trains is started. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Flags for Node: what a run leaves as garbage is small, and a small nursery keeps about 20 MB out of the process; the collector
 * can be called once a graph is compiled.
 */
export const processFlags: readonly string[] = ['--max-semi-space-size=2', '--expose-gc']

/** Makes the collector callable also in a process that was started without the flags: Electron does not pass them on. */
export function ensureCollector(): void {
  if (globalThis.gc !== undefined) return
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
}
