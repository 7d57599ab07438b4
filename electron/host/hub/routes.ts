/** The hub, from a window. */
import { os } from '../rpc/os.ts'

export const hubRoutes = os.hub.router({
  repository: os.hub.repository.handler(({ context: { host }, input }) => host.hub.repository(input)),
  download: os.hub.download.handler(async ({ context: { host }, input }) => ({
    jobId: await host.hub.download(input),
  })),
  unfinished: os.hub.unfinished.handler(({ context: { host } }) => host.hub.unfinished()),
  discard: os.hub.discard.handler(({ context: { host }, input }) => host.hub.discard(input.kind, input.id)),
  token: os.hub.token.handler(({ context: { host } }) => host.hubAccount.status()),
  setToken: os.hub.setToken.handler(async ({ context: { host }, input }) => ({
    account: await host.hubAccount.setToken(input.token),
  })),
  deleteToken: os.hub.deleteToken.handler(({ context: { host } }) => host.hubAccount.deleteToken()),
})
