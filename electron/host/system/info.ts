/** What the studio runs on. */
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import type { SystemInfo } from '../../contract/system.ts'
import type { Host } from '../host.ts'
import { runEnvironment } from '../run-environment.ts'

export async function systemInfo(host: Pick<Host, 'dataDir' | 'shell'>): Promise<SystemInfo> {
  const { studio, node, platform, cpu, cores, memoryBytes, packages } = runEnvironment()
  const disk = await statfs(host.dataDir)
  return {
    studio,
    shell: host.shell,
    platform,
    cpu,
    cores,
    memoryBytes,
    freeMemoryBytes: freemem(),
    dataDir: host.dataDir,
    freeDiskBytes: disk.bavail * disk.bsize,
    versions: { ...shellVersions(), node, ...packages },
  }
}

/** Of Electron, where that is the shell. */
function shellVersions(): Record<string, string> {
  const { electron, chrome } = process.versions
  return electron === undefined ? {} : { electron, chrome: chrome ?? '' }
}
