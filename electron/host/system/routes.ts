/** The machine, the settings, and the feed of changes. */
import { os } from '../rpc/os.ts'
import { about, licenceText } from './about.ts'
import { diagnostics } from './diagnostics.ts'
import { followLog } from './follow-log.ts'
import { systemInfo } from './info.ts'
import { measureDevices } from './measure.ts'
import { clearCaches, storage } from './storage.ts'

export const systemRoutes = os.system.router({
  info: os.system.info.handler(({ context: { host } }) => systemInfo(host)),
  changes: os.system.changes.handler(({ context: { host }, signal, lastEventId }) =>
    host.changes.follow(signal, lastEventId),
  ),
  settings: os.system.settings.handler(({ context: { host } }) => host.settings.get()),
  changeSettings: os.system.changeSettings.handler(({ context: { host }, input }) =>
    host.settings.change(input),
  ),
  devices: os.system.devices.handler(({ context: { host } }) => host.devices.list()),
  measure: os.system.measure.handler(async ({ context: { host } }) => ({
    jobId: await measureDevices(host),
  })),
  storage: os.system.storage.handler(({ context: { host } }) => storage(host)),
  clearCaches: os.system.clearCaches.handler(async ({ context: { host } }) => ({
    freedBytes: await clearCaches(host),
  })),
  log: os.system.log.handler(({ context: { host }, signal, lastEventId }) =>
    followLog(host.dataDir, signal, lastEventId),
  ),
  diagnostics: os.system.diagnostics.handler(({ context: { host } }) => diagnostics(host)),
  about: os.system.about.handler(({ context: { host } }) => about(host)),
  licenceText: os.system.licenceText.handler(({ input }) => licenceText(input.name, input.version)),
})
