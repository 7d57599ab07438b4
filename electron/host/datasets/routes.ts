/** Datasets, for a window. */
import { os } from '../rpc/os.ts'
import { formatDescriptions } from './format-descriptions.ts'

const o = os.datasets

export const datasetsRoutes = o.router({
  list: o.list.handler(({ context: { host }, input }) => host.datasets.catalogue.list(input?.bin ?? false)),
  get: o.get.handler(({ context: { host }, input }) => host.datasets.catalogue.get(input.datasetId)),
  rename: o.rename.handler(({ context: { host }, input }) =>
    host.datasets.catalogue.rename(input.datasetId, input.name),
  ),
  remove: o.remove.handler(({ context: { host }, input }) => host.datasets.remove(input.datasetId)),
  restore: o.restore.handler(({ context: { host }, input }) =>
    host.datasets.catalogue.restore(input.datasetId),
  ),
  purge: o.purge.handler(({ context: { host }, input }) => host.datasets.purge(input.datasetId)),
  copy: o.copy.handler(({ context: { host }, input: { versionId, name } }) => {
    const work = { kind: 'dataset.copy', title: `Copying to ${name}` }
    return jobOf(host.jobs.start(work, (context) => host.datasets.imports.copy(versionId, name, context)))
  }),

  formats: o.formats.handler(() => formatDescriptions()),
  detect: o.detect.handler(({ context: { host }, input, signal }) =>
    host.datasets.imports.detect(input, { signal }),
  ),
  previewSource: o.previewSource.handler(({ context: { host }, input, signal }) =>
    host.datasets.inspections.previewSource(input, { signal }),
  ),
  import: o.import.handler(({ context: { host }, input }) => {
    const work = { kind: 'dataset.import', title: `Importing ${input.name}` }
    return jobOf(host.jobs.start(work, (context) => host.datasets.imports.import(input, context)))
  }),
  badRows: o.badRows.handler(async ({ context: { host }, input: { datasetId, ...page } }) =>
    (await host.datasets.sheets.handle(datasetId)).owner.call('badRows', page),
  ),
  badRowsFile: o.badRowsFile.handler(({ context: { host }, input }) => ({
    ticket: host.datasets.badRowsFile(input.datasetId),
  })),

  open: o.open.handler(({ context: { host }, input }) => host.datasets.calls.open(input.sheetId)),
  rows: o.rows.handler(async ({ context: { host }, input: { sheetId, ...block } }) =>
    (await host.datasets.sheets.handle(sheetId)).owner.call('block', block),
  ),
  row: o.row.handler(async ({ context: { host }, input }) =>
    (await host.datasets.sheets.handle(input.sheetId)).owner.call('row', input.row),
  ),
  view: o.view.handler(({ context: { host }, input, signal }) =>
    host.datasets.calls.view(input.sheetId, input.spec, { signal }),
  ),
  find: o.find.handler(({ context: { host }, input: { sheetId, ...rest }, signal }) =>
    host.datasets.calls.find(sheetId, rest, { signal }),
  ),
  locate: o.locate.handler(async ({ context: { host }, input: { sheetId, ...rest } }) => ({
    offset: await (await host.datasets.sheets.handle(sheetId)).owner.call('locate', rest),
  })),
  copyText: o.copyText.handler(async ({ context: { host }, input: { sheetId, ...rest } }) =>
    (await host.datasets.sheets.handle(sheetId)).owner.call('copyText', rest),
  ),

  edit: o.edit.handler(({ context: { host }, input: { sheetId, revision, edits } }) =>
    host.datasets.calls.edit(sheetId, revision, edits),
  ),
  editAll: o.editAll.handler(({ context: { host }, input: { sheetId, revision, edit } }) => {
    const work = { kind: 'dataset.edit', title: `Changing ${host.datasets.nameOf(sheetId)}` }
    return jobOf(
      host.jobs.start(work, (context) => host.datasets.calls.editAll(sheetId, revision, edit, context)),
    )
  }),
  replacePreview: o.replacePreview.handler(({ context: { host }, input: { sheetId, ...rest }, signal }) =>
    host.datasets.calls.previewReplace(sheetId, rest, { signal }),
  ),
  undo: o.undo.handler(({ context: { host }, input }) =>
    host.datasets.calls.undo(input.sheetId, input.revision),
  ),
  redo: o.redo.handler(({ context: { host }, input }) =>
    host.datasets.calls.redo(input.sheetId, input.revision),
  ),
  save: o.save.handler(({ context: { host }, input: { sheetId, revision, note } }) => {
    const work = { kind: 'dataset.save', title: `Saving ${host.datasets.nameOf(sheetId)}` }
    return jobOf(
      host.jobs.start(work, (context) => host.datasets.calls.save(sheetId, revision, note, context)),
    )
  }),

  splitPreview: o.splitPreview.handler(async ({ context: { host }, input, signal }) =>
    (await host.datasets.sheets.handle(input.sheetId)).reader.call('splitPreview', input.rule, { signal }),
  ),
  columnValues: o.columnValues.handler(async ({ context: { host }, input, signal }) =>
    (await host.datasets.sheets.handle(input.sheetId)).reader.call('columnValues', input.column, { signal }),
  ),
  tryMapping: o.tryMapping.handler(async ({ context: { host }, input }) =>
    (await host.datasets.sheets.handle(input.sheetId)).reader.call('tryMapping', input.mapping),
  ),
  check: o.check.handler(({ context: { host }, input: { sheetId, tokens } }) => {
    const work = { kind: 'dataset.check', title: `Checking ${host.datasets.nameOf(sheetId)}` }
    return jobOf(
      host.jobs.start(work, (context) => host.datasets.inspections.check(sheetId, tokens, context)),
    )
  }),
  lastCheck: o.lastCheck.handler(({ context: { host }, input }) =>
    host.datasets.inspections.lastCheck(input.sheetId),
  ),
  histogram: o.histogram.handler(({ context: { host }, input: { sheetId, tokens, length, bins } }) =>
    host.datasets.inspections.histogram(sheetId, tokens, length, bins),
  ),
  preview: o.preview.handler(({ context: { host }, input: { sheetId, row, tokens, length }, signal }) =>
    host.datasets.inspections.preview(sheetId, row, tokens, length, { signal }),
  ),

  versions: o.versions.handler(({ context: { host }, input }) =>
    host.datasets.catalogue.versions(input.datasetId),
  ),
  getVersion: o.getVersion.handler(({ context: { host }, input }) =>
    host.datasets.catalogue.version(input.versionId),
  ),
  diff: o.diff.handler(({ context: { host }, input }) => host.datasets.diffs.diff(input.from, input.to)),
  diffRows: o.diffRows.handler(({ context: { host }, input: { from, to, kinds, offset, limit } }) =>
    host.datasets.diffs.rows(from, to, kinds, offset, limit),
  ),
  versionFile: o.versionFile.handler(({ context: { host }, input }) => ({
    ticket: host.datasets.versionFile(input.versionId, input.split),
  })),
})

function jobOf({ id }: { id: string }): { jobId: string } {
  return { jobId: id }
}
