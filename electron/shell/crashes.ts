/** A page that dies or hangs takes nothing with it: the host trains on, and the person is offered a new page. */
import { BrowserWindow, dialog, type WebContents } from 'electron'

export function offerReload(contents: WebContents): void {
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    console.error(`The window's process ended: ${reason} (${exitCode}).`)
    void ask(contents, 'The window stopped working.', 'Close Window')
  })
  contents.on('unresponsive', () => void ask(contents, 'The window does not respond.', 'Wait'))
}

async function ask(contents: WebContents, message: string, otherwise: string): Promise<void> {
  const window = BrowserWindow.fromWebContents(contents)
  if (window === null || window.isDestroyed()) return
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail: 'Nothing is lost: what is stored stays, and a run that is going on trains on.',
    buttons: ['Reload', otherwise],
    defaultId: 0,
    cancelId: 1,
  })
  if (window.isDestroyed()) return
  if (response === 0) contents.reload()
  else if (contents.isCrashed()) window.close()
}
