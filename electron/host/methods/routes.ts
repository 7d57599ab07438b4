/** Methods: figures, drawings, checks, probes, advice, presets. */
import { os } from '../rpc/os.ts'
import { methodViews, trainingFieldViews } from './descriptions.ts'

export const methodsRoutes = os.methods.router({
  list: os.methods.list.handler(() => methodViews()),
  trainingFields: os.methods.trainingFields.handler(({ input }) =>
    trainingFieldViews(input?.method, input?.training ?? {}),
  ),
  estimate: os.methods.estimate.handler(({ context: { host }, input, signal }) =>
    host.methods.estimate(input, input.labelSlots, signal),
  ),
  layout: os.methods.layout.handler(({ context: { host }, input, signal }) =>
    host.methods.layout(input, signal),
  ),
  drawing: os.methods.drawing.handler(({ context: { host }, input, signal }) =>
    host.methods.drawing(input, signal),
  ),
  moduleNames: os.methods.moduleNames.handler(({ context: { host }, input, signal }) =>
    host.methods.moduleNames(input, signal),
  ),
  check: os.methods.check.handler(({ context: { host }, input, signal }) =>
    host.methods.check(input, signal),
  ),
  probe: os.methods.probe.handler(({ context: { host }, input }) => host.methods.probe(input, input.again)),
  measured: os.methods.measured.handler(({ context: { host }, input, signal }) =>
    host.methods.measured(input, signal),
  ),
  advise: os.methods.advise.handler(({ context: { host }, input, signal }) =>
    host.methods.advise(input, signal),
  ),
  presets: {
    list: os.methods.presets.list.handler(({ context: { host } }) => host.methods.presets.list()),
    save: os.methods.presets.save.handler(({ context: { host }, input }) => host.methods.presets.save(input)),
    remove: os.methods.presets.remove.handler(({ context: { host }, input }) =>
      host.methods.presets.remove(input.id),
    ),
  },
  ofRun: os.methods.ofRun.handler(({ context: { host }, input }) => host.methods.ofRun(input.id)),
  command: os.methods.command.handler(async ({ context: { host }, input }) => ({
    command: await host.methods.command(input),
  })),
})
