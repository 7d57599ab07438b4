/** Runs and the queue, for the windows. */
import { os } from '../rpc/os.ts'

export const runsRoutes = os.runs.router({
  preview: os.runs.preview.handler(({ context: { host }, input }) => host.runs.preview(input)),
  create: os.runs.create.handler(({ context: { host }, input }) => host.runs.create(input)),
  fork: os.runs.fork.handler(({ context: { host }, input }) => host.runs.fork(input)),
  list: os.runs.list.handler(({ context: { host }, input }) => host.runs.list(input.bin)),
  get: os.runs.get.handler(({ context: { host }, input }) => host.runs.get(input.id)),
  rename: os.runs.rename.handler(({ context: { host }, input }) => host.runs.rename(input.id, input.name)),
  tag: os.runs.tag.handler(({ context: { host }, input }) => host.runs.tag(input.id, input.tags)),
  note: os.runs.note.handler(({ context: { host }, input }) => host.runs.note(input.id, input.notes)),
  bin: os.runs.bin.handler(({ context: { host }, input }) => host.runs.bin(input.id)),
  restore: os.runs.restore.handler(({ context: { host }, input }) => host.runs.restore(input.id)),
  remove: os.runs.remove.handler(({ context: { host }, input }) => host.runs.remove(input.id)),
  lineage: os.runs.lineage.handler(({ context: { host }, input }) => host.runs.lineage(input.id)),
  checkpoints: os.runs.checkpoints.handler(({ context: { host }, input }) => host.runs.checkpoints(input.id)),
  samples: os.runs.samples.handler(({ context: { host }, input }) => host.runs.samples(input.id)),
  log: os.runs.log.handler(({ context: { host }, input }) => host.runs.log(input.id, input.after)),
  live: os.runs.live.handler(({ context: { host }, input, signal, lastEventId }) =>
    host.runs.live(input.id, { after: input.after, lastEventId, signal }),
  ),
  activity: os.runs.activity.handler(({ context: { host }, signal }) => host.runs.follow(signal)),
  pause: os.runs.pause.handler(({ context: { host }, input }) => host.runs.pause(input.id)),
  resume: os.runs.resume.handler(({ context: { host }, input: { id, device } }) =>
    device === undefined ? host.runs.resume(id) : host.runs.resumeOn(id, device),
  ),
  stop: os.runs.stop.handler(({ context: { host }, input }) => host.runs.stop(input.id, input.mode)),
  queue: {
    get: os.runs.queue.get.handler(({ context: { host } }) => host.runs.queue.state()),
    move: os.runs.queue.move.handler(({ context: { host }, input }) => {
      host.runs.queue.move(input.id, input.before)
      return host.runs.queue.state()
    }),
    add: os.runs.queue.add.handler(({ context: { host }, input }) => {
      host.runs.joinQueue(input.id, input.before)
      return host.runs.queue.state()
    }),
    remove: os.runs.queue.remove.handler(({ context: { host }, input }) => {
      host.runs.leaveQueue(input.id)
      return host.runs.queue.state()
    }),
    hold: os.runs.queue.hold.handler(({ context: { host } }) => {
      host.runs.queue.hold()
      return host.runs.queue.state()
    }),
    proceed: os.runs.queue.proceed.handler(({ context: { host } }) => {
      host.runs.queue.proceed()
      return host.runs.queue.state()
    }),
  },
})
