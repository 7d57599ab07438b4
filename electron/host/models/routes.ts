/** Base models, from a window. */
import { os } from '../rpc/os.ts'
import { fitOf } from './fit.ts'

export const modelsRoutes = os.models.router({
  list: os.models.list.handler(({ context: { host } }) => host.models.list()),
  get: os.models.get.handler(({ context: { host }, input }) => host.models.get(input.id)),
  inspect: os.models.inspect.handler(({ context: { host }, input }) => host.models.inspect(input.path)),
  add: os.models.add.handler(({ context: { host }, input }) => host.models.add(input.path, input.name)),
  rename: os.models.rename.handler(({ context: { host }, input }) =>
    host.models.rename(input.id, input.name),
  ),
  remove: os.models.remove.handler(({ context: { host }, input }) =>
    host.models.remove(input.id, input.files),
  ),
  fit: os.models.fit.handler(({ context: { host }, input, signal }) => fitOf(host, input.id, signal)),
  accept: os.models.accept.handler(({ context: { host }, input }) => host.models.accept(input.id)),
})
