/** Saved runs side by side, for a window. */
import { changed } from '../changes.ts'
import { os } from '../rpc/os.ts'
import { vocabulary } from './vocabulary.ts'

export const compareRoutes = os.compare.router({
  vocabulary: os.compare.vocabulary.handler(() => vocabulary()),
  curves: os.compare.curves.handler(({ context: { host }, input }) => host.compare.reader.curves(input)),
  bands: os.compare.bands.handler(({ context: { host }, input }) => host.compare.reader.bands(input)),
  sparklines: os.compare.sparklines.handler(({ context: { host }, input }) =>
    host.compare.reader.sparklines(input),
  ),
  table: os.compare.table.handler(({ context: { host }, input }) => host.compare.table(input.runIds)),
  samples: os.compare.samples.handler(({ context: { host }, input }) =>
    host.compare.samples(input.runIds, input.step),
  ),
  saved: {
    list: os.compare.saved.list.handler(({ context: { host } }) => host.store.comparisons.list()),
    get: os.compare.saved.get.handler(({ context: { host }, input }) => host.store.comparisons.get(input.id)),
    create: os.compare.saved.create.handler(({ context: { host }, input }) => {
      const comparison = host.store.comparisons.create(input)
      changed(host.changes, 'comparisons', comparison.id)
      return comparison
    }),
    change: os.compare.saved.change.handler(({ context: { host }, input: { id, ...content } }) => {
      const comparison = host.store.comparisons.change(id, content)
      changed(host.changes, 'comparisons', id)
      return comparison
    }),
    remove: os.compare.saved.remove.handler(({ context: { host }, input }) => {
      host.store.comparisons.remove(input.id)
      changed(host.changes, 'comparisons', input.id)
    }),
  },
  export: os.compare.export.handler(({ context: { host }, input }) =>
    host.compare.export(input.runIds, input.content),
  ),
})
