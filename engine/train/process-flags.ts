/** How a process that trains is started. */

/**
 * Flags for Node: what a run leaves as garbage is small, and a small nursery keeps about 20 MB out of the process; the collector
 * can be called once a graph is compiled.
 */
export const processFlags: readonly string[] = ['--max-semi-space-size=2', '--expose-gc']
