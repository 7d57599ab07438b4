/** Long work, seen and cancelled from a window. */
import { os } from './rpc/os.ts'

export const jobsRoutes = os.jobs.router({
  list: os.jobs.list.handler(({ context: { host } }) => host.jobs.list()),
  watch: os.jobs.watch.handler(({ context: { host }, input, signal }) => host.jobs.watch(input.id, signal)),
  cancel: os.jobs.cancel.handler(({ context: { host }, input }) => host.jobs.cancel(input.id)),
})
