/** What the shell can do for a window; a feature that is not there says what to do instead. */
import { StudioError } from '../../../engine/errors.ts'
import type { Desktop } from '../desktop.ts'
import type { Host } from '../host.ts'
import { lastLogLines, logFile } from '../log-file.ts'
import { os } from '../rpc/os.ts'
import { listFolder } from './list-folder.ts'

export const shellRoutes = os.shell.router({
  features: os.shell.features.handler(({ context: { host } }) => {
    const native = host.desktop !== undefined
    return {
      pickFolder: native,
      pickFiles: native,
      reveal: native,
      openExternal: native,
      listFolder: !native,
    }
  }),
  pickFolder: os.shell.pickFolder.handler(
    async ({ context: { host }, input }) => (await desktop(host).pickFolder(input.title)) ?? null,
  ),
  pickFiles: os.shell.pickFiles.handler(({ context: { host }, input }) =>
    desktop(host).pickFiles(input.title, input.extensions),
  ),
  reveal: os.shell.reveal.handler(({ context: { host }, input }) => desktop(host).reveal(input.path)),
  openExternal: os.shell.openExternal.handler(({ context: { host }, input }) =>
    desktop(host).openExternal(input.url),
  ),
  listFolder: os.shell.listFolder.handler(({ context: { host }, input }) => {
    if (host.desktop === undefined) return listFolder(input.path)
    throw unsupported('Folders are chosen with a dialog in the desktop application.', 'Use pickFolder.')
  }),
  log: os.shell.log.handler(({ context: { host }, input }) => ({
    path: logFile(host.dataDir),
    lines: lastLogLines(host.dataDir, input.lines),
  })),
})

function desktop(host: Host): Desktop {
  if (host.desktop !== undefined) return host.desktop
  throw unsupported(
    'The studio runs in a browser tab, where the desktop of its machine cannot be reached.',
    'Type a path of that machine, browse its folders in the studio, or upload a file.',
  )
}

function unsupported(message: string, hint: string): StudioError {
  return new StudioError('unsupported', message, hint)
}
