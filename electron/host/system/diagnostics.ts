/** What a report about a problem should hold: versions, machine, sizes and counts; no name of any file, model or data. */
import { listDevices } from '../../../engine/runtimes/index.ts'
import type { Host } from '../host.ts'
import { systemInfo } from './info.ts'
import { storage } from './storage.ts'

export async function diagnostics(host: Host): Promise<string> {
  const [info, devices, disk] = await Promise.all([systemInfo(host), listDevices(), storage(host)])
  const { theme: _, hubEndpoint, ...settings } = host.settings.get()
  const runs = Map.groupBy(host.store.runs.list(), ({ status }) => status)
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  const facts: [string, string][] = [
    ['PEFT Studio', `${info.studio} (${info.shell})`],
    ...Object.entries(info.versions),
    ['system', info.platform],
    ['processor', `${info.cpu}, ${info.cores} cores`],
    ['memory', `${megabytes(info.memoryBytes)}, ${megabytes(info.freeMemoryBytes)} free`],
    ['data folder', `${info.dataDir}, ${megabytes(info.freeDiskBytes)} free`],
    ...disk.parts.map(({ label, bytes, files }): [string, string] => [
      `  ${label.toLowerCase()}`,
      `${megabytes(bytes)} in ${files} files`,
    ]),
    ...devices.map(({ id, title, available, detail }): [string, string] => [
      `device ${id}`,
      `${title}: ${available ? detail : `not available, ${detail}`}`,
    ]),
    ['models', String(host.store.models.list().length)],
    ['runs', [...runs].map(([status, list]) => `${list.length} ${status}`).join(', ') || 'none'],
    ['settings', JSON.stringify({ ...settings, hubEndpoint: hubEndpoint === null ? 'usual' : 'another' })],
  ]
  return facts.map(([name, value]) => `${name}: ${value}\n`).join('')
}
