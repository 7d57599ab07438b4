/** Tokens go in; only whether there is one comes out. */
import { os } from '../rpc/os.ts'

export const secretsRoutes = os.secrets.router({
  keptIn: os.secrets.keptIn.handler(({ context: { host } }) => host.secrets.keptIn),
  has: os.secrets.has.handler(({ context: { host }, input }) => host.secrets.has(input.name)),
  set: os.secrets.set.handler(({ context: { host }, input }) => host.secrets.set(input.name, input.value)),
  delete: os.secrets.delete.handler(({ context: { host }, input }) => host.secrets.delete(input.name)),
})
